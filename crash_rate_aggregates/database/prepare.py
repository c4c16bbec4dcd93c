"""Make a database fit for this version of the program, and say what was done."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

import psycopg

from crash_rate_aggregates.applications import KNOWN_APPLICATIONS, Application
from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.days.stored_applications import store_applications
from crash_rate_aggregates.database.days.summaries import summarize_stored_days
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.roles import Roles, init_roles

_log = logging.getLogger(__name__)


def prepare_database(
    database_url: str,
    applications: Iterable[Application] = KNOWN_APPLICATIONS,
    min_clients: int | None = None,
) -> None:
    """Bring schema and applications up to date, and sum up days that were folded otherwise.

    Args:
        database_url: libpq URL, with its password.
        applications: By whose names the summaries are folded.
        min_clients: Groups of fewer active clients are other for readers; None to leave it.

    Raises:
        DatabaseError: The server refuses, or its schema is newer than this program.
    """
    with connect(database_url) as connection:
        # First: summaries are tables, and the view that names the days is a definition.
        _log_migrations(migrate(connection))
        store_applications(connection, applications)
        _store_min_clients(connection, min_clients)
        summarize_stored_days(connection)


def init_database(
    database_url: str,
    roles: Roles,
    passwords: Mapping[str, str],
    applications: Iterable[Application] = KNOWN_APPLICATIONS,
    min_clients: int | None = None,
) -> None:
    """Make or set right the roles, and bring the schema up to date as the owner.

    Args:
        database_url: Of a role that may create roles and owns the database.
        roles: Their names.
        passwords: Of `owner`, `writer` and `reader`, as far as they are set.
        applications: By whose names the summaries are folded.
        min_clients: As of `prepare_database`.

    Raises:
        DatabaseError: The server refuses, or its schema is newer than this program.
    """
    with connect(database_url) as connection:
        _log_migrations(init_roles(connection, roles, passwords))
        store_applications(connection, applications)
        _store_min_clients(connection, min_clients)
        summarize_stored_days(connection)


def _store_min_clients(connection: psycopg.Connection, min_clients: int | None) -> None:
    if min_clients is not None:
        with rejections("the setting min_clients could not be stored"):
            connection.execute(
                "UPDATE crash_people SET min_clients = %(min_clients)s",
                {"min_clients": min_clients},
            )


def _log_migrations(names: Iterable[str]) -> None:
    for name in names:
        _log.info("migrated the database: %s", name)
