"""Open what the settings choose: the engine, the embedded server and the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

from crash_rate_aggregates.errors import (
    DatabaseRefusedError,
    EmbeddedServerError,
    NothingStoredError,
    UsageError,
)
from crash_rate_aggregates.settings.composed import Settings

# A command pays only for what it opens: each function imports what it opens itself.
if TYPE_CHECKING:
    import psycopg

    from crash_rate_aggregates.applications import Application
    from crash_rate_aggregates.database.embedded_roles import RoleKind
    from crash_rate_aggregates.database.schema.roles import Roles
    from crash_rate_aggregates.database.server.launcher import EmbeddedServer
    from crash_rate_aggregates.database.server.major_upgrade import Upgrade
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
    from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine

    # The workers are idle when DuckDB groups, so it gets their cores.
    return EmbeddedEngine(day.jobs, scratch, replace(settings.grouping, threads=day.jobs))


def known_applications(settings: Settings) -> tuple[Application, ...]:
    """Return the applications of everybody and those of the settings.

    Raises:
        ApplicationsError: One of the settings' cannot be understood.
    """
    from crash_rate_aggregates.normalize.own_applications import with_own_applications

    return with_own_applications(settings.judging.applications)


def embedded_server(settings: Settings) -> EmbeddedServer:
    """Return the embedded server in its folder, running or not."""
    from crash_rate_aggregates.database.server.launcher import EmbeddedServer

    server = settings.server
    return EmbeddedServer(server.home, postgres_bin=server.postgres_bin, port=server.postgres_port)


@contextmanager
def chosen_database(settings: Settings) -> Iterator[str]:
    """Give the URL of the database that days are filled into.

    It is the one that is named; else that of the embedded server while it runs, as its writer,
    with tables and roles made if need be.
    """
    from crash_rate_aggregates.database.embedded_roles import ensure_embedded_roles

    named = _named_database(settings)
    if named is not None:
        yield named
        return
    with embedded_server(settings).running() as server_url:
        ensure_embedded_roles(server_url, _roles(settings))
        yield _role_url(settings, server_url, "writer")


@contextmanager
def existing_database(settings: Settings, kind: RoleKind = "reader") -> Iterator[str]:
    """Give the URL of a database that has this version's tables; none are made.

    Args:
        settings: Where it is.
        kind: As which role the embedded server is asked; a database that is named, as its URL says.

    Raises:
        NothingStoredError: There is no embedded server in the home.
        SchemaError: The tables are not there, or are of another version.
    """
    with _compared(settings, kind) as (url, connection):
        connection.close()
        yield url


@contextmanager
def asked_database(settings: Settings, kind: RoleKind = "reader") -> Iterator[Any]:
    """Connect for a question; arguments and errors are those of the one above."""
    with _compared(settings, kind) as (_, connection):
        yield connection


def init_chosen_database(settings: Settings) -> Roles:
    """Make tables and roles, or set them right, and return the roles.

    Raises:
        UsageError: Passwords for the embedded server, which has its own.
    """
    from crash_rate_aggregates.database.embedded_roles import init_embedded_roles
    from crash_rate_aggregates.database.prepare import init_database

    roles, passwords = _roles(settings), settings.roles.passwords()
    named = _named_database(settings)
    if named is not None:
        applications, min_clients = known_applications(settings), settings.people.min_clients
        init_database(named, roles, passwords, applications, min_clients)
    elif passwords:
        raise UsageError(
            f"no database is named, and the embedded server takes no {min(passwords)}_password: it "
            "has passwords of its own, which `database url --role` shows; name one in --database"
        )
    else:
        with embedded_server(settings).running() as server_url:
            init_embedded_roles(server_url, roles, settings.people.min_clients)
    return roles


def start_embedded(settings: Settings, kind: RoleKind) -> str:
    """Start the embedded server to be kept, set its roles right, and return the URL of one."""
    from crash_rate_aggregates.database.embedded_roles import init_embedded_roles

    server_url = embedded_server(settings).start()
    init_embedded_roles(server_url, _roles(settings))
    return _role_url(settings, server_url, kind)


def upgrade_embedded(settings: Settings, old_bin: Path | None) -> Upgrade | None:
    """Carry the embedded server's data over to a newer PostgreSQL; None if there is none to carry.

    Args:
        settings: Where it is.
        old_bin: Folder with the older version's programs; None to look for them.

    Raises:
        EmbeddedServerError: It cannot be carried over; then all is as it was.
    """
    from crash_rate_aggregates.database.embedded_roles import init_embedded_roles

    server = embedded_server(settings)
    done = server.upgrade(old_bin=old_bin)
    if done is not None:
        # Some rights are other ones in another version, so they do not come with the data.
        with server.running() as server_url:
            init_embedded_roles(server_url, _roles(settings))
    return done


def embedded_role_url(settings: Settings, kind: RoleKind) -> str:
    """Return the URL of the embedded server for one of its roles.

    Raises:
        EmbeddedServerError: It does not run.
    """
    return _role_url(settings, embedded_server(settings).url(), kind)


def _role_url(settings: Settings, server_url: str, kind: RoleKind) -> str:
    from crash_rate_aggregates.database.embedded_roles import embedded_url

    return embedded_url(server_url, _roles(settings), kind)


def _named_database(settings: Settings) -> str | None:
    from crash_rate_aggregates.database.access.credentials import database_url
    from crash_rate_aggregates.database.access.secret_stores import fetch_secret

    return database_url(settings.database, fetch_secret)


def _roles(settings: Settings) -> Roles:
    from crash_rate_aggregates.database.schema.roles import named_roles

    return named_roles(settings.roles.prefix)


@contextmanager
def _compared(settings: Settings, kind: RoleKind) -> Iterator[tuple[str, psycopg.Connection]]:
    """Connect to a database that is there, after its tables were compared with what is wanted."""
    from crash_rate_aggregates.database.access.connection import connect
    from crash_rate_aggregates.database.schema.migrate import require_schema

    named = _named_database(settings)
    if named is None:
        with _embedded(settings, kind) as (url, connection), connection:
            require_schema(connection)
            yield url, connection
    else:
        with connect(named) as connection:
            require_schema(connection)
            yield named, connection


@contextmanager
def _embedded(settings: Settings, kind: RoleKind) -> Iterator[tuple[str, psycopg.Connection]]:
    """Connect to the embedded server as one of its roles; a home that is not there stays so."""
    from crash_rate_aggregates.database.access.connection import connect

    server = embedded_server(settings)
    home = str(settings.server.home)
    if not server.has_data():
        # A mistyped --home would be a new, empty server otherwise.
        raise NothingStoredError(f"nothing is stored in {home!r} yet: `run` fills a day")
    with server.running() as server_url:
        url = _role_url(settings, server_url, kind)
        try:
            connection = connect(url)
        except DatabaseRefusedError as error:
            if "authentication failed" not in str(error):
                raise
            raise EmbeddedServerError(
                f"the embedded server in {home!r} does not let its {kind} in: `database init` "
                "makes its roles, or sets them right"
            ) from None
        yield url, connection
