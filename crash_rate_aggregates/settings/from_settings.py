"""Open what the settings choose: the engine, the embedded server and the database."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.settings.composed import Settings

# A command pays only for what it opens: each function imports what it opens itself.
if TYPE_CHECKING:
    from crash_rate_aggregates.database.server.launcher import EmbeddedServer
    from crash_rate_aggregates.engines.interface import Engine


def required_pings(settings: Settings) -> str:
    """Return where the pings are.

    Raises:
        UsageError: No setting says it.
    """
    if settings.day.pings is None:
        raise UsageError(
            "say where the pings are: --pings FOLDER, CRASH_RATE_AGGREGATES_PINGS, or pings in the "
            "settings file; `crash-rate-aggregates sample-pings` makes some"
        )
    return settings.day.pings


def chosen_engine(settings: Settings) -> Engine:
    """Make the engine, with its limits; the caller closes it."""
    day = settings.day
    scratch = day.scratch or Path(gettempdir())
    if day.engine == "spark":
        from crash_rate_aggregates.engines.spark.engine import SparkEngine

        return SparkEngine(replace(settings.spark, scratch=scratch))
    with _uninterrupted():
        from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
    # The workers have ended when DuckDB groups, so it gets their cores.
    return EmbeddedEngine(day.jobs, scratch, replace(settings.grouping, threads=day.jobs))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back until the end.

    DuckDB's extension aborts the whole process, with no line of ours, if one meets it as it loads.
    """
    held = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def embedded_server(settings: Settings) -> EmbeddedServer:
    """Return the embedded server in its folder, running or not."""
    from crash_rate_aggregates.database.server.launcher import EmbeddedServer

    return EmbeddedServer(settings.server.home, postgres_bin=settings.server.postgres_bin)


@contextmanager
def chosen_database(settings: Settings) -> Iterator[str]:
    """Give the URL of the database that is named, else of the embedded server while it runs."""
    from crash_rate_aggregates.database.access.credentials import database_url
    from crash_rate_aggregates.database.access.secret_stores import fetch_secret

    named = database_url(settings.database, fetch_secret)
    if named is not None:
        yield named
        return
    with embedded_server(settings).running() as url:
        yield url


@contextmanager
def asked_database(settings: Settings) -> Iterator[Any]:
    """Connect for a question, with the schema in place."""
    from crash_rate_aggregates.database.access.connection import connect
    from crash_rate_aggregates.database.prepare import prepare_database

    with chosen_database(settings) as url:
        prepare_database(url)
        with connect(url) as connection:
            yield connection
