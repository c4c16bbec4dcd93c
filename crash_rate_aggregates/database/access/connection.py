"""Connect to PostgreSQL."""

from __future__ import annotations

import psycopg
from psycopg import IsolationLevel
from psycopg.conninfo import make_conninfo

from crash_rate_aggregates.database.access.libpq_urls import libpq_settings, place
from crash_rate_aggregates.database.access.rejections import rejections, server_message
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.errors import DatabaseError, DatabaseRefusedError

_statement = statements_beside(__name__)

OLDEST_VERSION = 150000
"""As PostgreSQL counts: 15.0."""
_DEFAULTS = {
    "application_name": "crash-rate-aggregates",
    # Or PGCLIENTENCODING would say which texts can be sent.
    "client_encoding": "UTF8",
    # By itself libpq waits for a silent host as long as TCP does, which is minutes.
    "connect_timeout": "10",
}


def connect(url: str) -> psycopg.Connection:
    """Open a connection in autocommit mode: a transaction is begun where one is wanted.

    Args:
        url: Any libpq URL or `key=value` string; what it leaves out comes from the PG… variables.

    Raises:
        BadSettingError: The URL cannot be read.
        DatabaseRefusedError: There is no server, or it does not let us in.
        DatabaseError: The server is older than 15 or its database is not in UTF-8.
    """
    settings = libpq_settings(url)
    try:
        connection = psycopg.Connection.connect(
            make_conninfo("", **{**_DEFAULTS, **settings}),
            autocommit=True,
            # Named statements outlive a transaction; a pooler may then use another server.
            prepare_threshold=None,
        )
    except psycopg.Error as error:
        raise DatabaseRefusedError(
            f"no connection to {place(url)}: {_reason(error)}; check the URL, the password and "
            "that the server runs"
        ) from None  # The driver's own text is not known to be free of passwords.
    try:
        _prepare_session(connection, url)
    except BaseException:
        connection.close()
        raise
    return connection


def _reason(error: psycopg.Error) -> str:
    """Return what libpq says without what `place` has said already."""
    return server_message(error).rpartition(" failed: ")[2]


def _prepare_session(connection: psycopg.Connection, url: str) -> None:
    # A day's lock must be held before its rows are seen, so each statement needs its own snapshot,
    # whatever the role's defaults are.
    connection.isolation_level = IsolationLevel.READ_COMMITTED
    connection.read_only = None
    with rejections(f"{place(url)} does not answer"):
        row = connection.execute(_statement("session")).fetchone()
    if row is not None:
        check_server(place(url), version=row[1], version_text=row[2], encoding=row[3])


def check_server(server: str, *, version: int, version_text: str, encoding: str) -> None:
    """Refuse a server on which the tables could not be made.

    Args:
        server: What the message calls it.
        version: PostgreSQL's server_version_num, like 150018.
        version_text: As the server writes it, like `15.18 (Debian 15.18-1)`.
        encoding: The database's encoding.

    Raises:
        DatabaseError: With the version or the encoding.
    """
    if version < OLDEST_VERSION:
        raise DatabaseError(
            f"{server} is PostgreSQL {version_text}: version {OLDEST_VERSION // 10000} or later "
            "is needed"
        )
    if encoding != "UTF8":
        raise DatabaseError(
            f"{server} has the encoding {encoding}: make a database with ENCODING 'UTF8'"
        )
