"""What the settings choose: the pings, the storage, the engine and the database of a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

import click

from crash_rate_aggregates.settings.config import Settings, load_settings

if TYPE_CHECKING:
    from crash_rate_aggregates.database.server.launcher import EmbeddedServer
    from crash_rate_aggregates.engines.interface import Engine
    from crash_rate_aggregates.sources.stores.objects.bucket import StorageOptions
    from crash_rate_aggregates.sources.stores.selection import PathSelection


def required_pings(settings: Settings) -> str:
    """Return where the pings are.

    Raises:
        click.UsageError: No setting says it.
    """
    if settings.pings is None:
        raise click.UsageError(
            "say where the pings are: --pings FOLDER, CRASH_RATE_AGGREGATES_PINGS, or pings in the "
            "settings file; `crash-rate-aggregates sample-pings` makes some"
        )
    return settings.pings


def storage_options(settings: Settings) -> StorageOptions:
    """Say how the storage of the pings is reached: server, region, retries and patience."""
    from crash_rate_aggregates.sources.stores.objects.bucket import StorageOptions

    return StorageOptions(
        endpoint=settings.storage_endpoint,
        region=settings.storage_region,
        anonymous=settings.storage_anonymous,
        retries=settings.storage_retries,
        timeout_seconds=settings.storage_timeout,
    )


def path_selection(settings: Settings) -> PathSelection:
    """Say which paths of 2016 are read; of a level that no setting names, all."""
    from crash_rate_aggregates.sources.stores.selection import PathSelection

    return PathSelection(
        settings.doc_types or (), settings.applications or (), settings.channels or ()
    )


def chosen_engine(settings: Settings) -> Engine:
    """Make the engine, with its limits; the caller closes it."""
    scratch = settings.scratch or Path(gettempdir())
    if settings.engine == "spark":
        from crash_rate_aggregates.engines.spark.configuration import SparkSettings
        from crash_rate_aggregates.engines.spark.engine import SparkEngine

        master, conf, archive = settings.spark_master, settings.spark_conf, settings.spark_archive
        return SparkEngine(SparkSettings(master, conf, archive, scratch))
    from crash_rate_aggregates.engines.embedded.duckdb_grouping import GroupingLimits
    from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine

    limits = GroupingLimits(settings.memory, settings.scratch_space, settings.jobs)
    return EmbeddedEngine(settings.jobs, scratch, limits)


def embedded_server(settings: Settings) -> EmbeddedServer:
    """Return the embedded server in its folder, running or not."""
    from crash_rate_aggregates.database.server.launcher import EmbeddedServer

    return EmbeddedServer(settings.home, postgres_bin=settings.postgres_bin)


@contextmanager
def chosen_database(settings: Settings) -> Iterator[str]:
    """Give the URL of the database that is named, else of the embedded server while it runs."""
    from crash_rate_aggregates.database.access.credentials import DatabaseAccess, database_url
    from crash_rate_aggregates.database.access.secret_stores import fetch_secret

    password = settings.pg_password
    access = DatabaseAccess(
        url=settings.database,
        host=settings.pg_host,
        name=settings.pg_name,
        user=settings.pg_username,
        password=None if password is None else password.get_secret_value(),
        credentials=settings.database_credentials,
    )
    named = database_url(access, fetch_secret)
    if named is not None:
        yield named
        return
    with embedded_server(settings).running() as url:
        yield url


@contextmanager
def asked_database(flags: dict[str, Any]) -> Iterator[Any]:
    """Connect for a question, with the schema in place."""
    from crash_rate_aggregates.database.access.connection import connect
    from crash_rate_aggregates.database.prepare import prepare_database

    settings = load_settings(flags, flags.pop("config"))
    with chosen_database(settings) as url:
        prepare_database(url)
        with connect(url) as connection:
            yield connection
