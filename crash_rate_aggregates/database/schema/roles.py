"""The three roles of a database: one owns it, one fills it, one looks on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.lock_retries import changing_schema, lock_retries
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.rows import SUMMARIES

_statement = statements_beside(__name__)

READER_TIMEOUT = "60s"
"""After so long a reader's statement, or its idle transaction, is ended."""
_VERSION_WITH_MAINTAIN = 170000


@dataclass(frozen=True, slots=True)
class Roles:
    """The names of the roles."""

    owner: str
    """Owns all tables: migrates them and drops old months."""
    writer: str
    """Runs the job: replaces days, adds runs, makes partitions through a function of the owner."""
    reader: str
    """Reads, for Redash and people."""


def named_roles(prefix: str) -> Roles:
    """Return the roles whose names begin so.

    >>> named_roles("crash_rate").reader
    'crash_rate_reader'
    """
    return Roles(f"{prefix}_owner", f"{prefix}_writer", f"{prefix}_reader")


def init_roles(
    connection: psycopg.Connection,
    roles: Roles,
    passwords: Mapping[str, str],
    *,
    reader_timeout: str = READER_TIMEOUT,
) -> list[str]:
    """Make the roles, the tables as the owner's, and all rights what they should be.

    Safe to repeat: what is there already is set right. All of it is done, or nothing.

    Args:
        connection: From `connect`, as a role that may create roles and owns the database.
        roles: Names; a role that exists keeps its password unless a new one is given.
        passwords: Of `owner`, `writer` and `reader`; one without cannot log in until it has one.
        reader_timeout: For statements of the reader, as PostgreSQL writes durations.

    Returns:
        The migrations applied now.

    Raises:
        LockTimeoutError: A reader kept its lock.
        DatabaseError: The role may not do that, or the tables are of a newer version.
    """
    with rejections("the roles could not be made"):
        return lock_retries()(_set_right, connection, roles, passwords, reader_timeout)


def _set_right(
    connection: psycopg.Connection,
    roles: Roles,
    passwords: Mapping[str, str],
    reader_timeout: str,
) -> list[str]:
    with changing_schema(connection):
        for kind, role in asdict(roles).items():
            _ensure_role(connection, role, passwords.get(kind))
        names = _names(connection, roles, reader_timeout)
        connection.execute(_statement("grant_place").format(**names))
        _take_over(connection, roles.owner)
        # From here on as the owner, whose everything is that is made, now and by default later.
        _become(connection, roles.owner)
        applied = migrate(connection)
        connection.execute(_statement("grant_tables").format(**names))
        if connection.info.server_version >= _VERSION_WITH_MAINTAIN:
            connection.execute(_statement("grant_maintenance").format(**names))
        # Or the rest of the session could do no more than the owner may, which is less.
        _become(connection, "none")
    return applied


def _ensure_role(connection: psycopg.Connection, role: str, password: str | None) -> None:
    name = sql.Identifier(role)
    known = connection.execute("SELECT FROM pg_roles WHERE rolname = %(role)s", {"role": role})
    if known.fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {role} NOLOGIN").format(role=name))
    if password is not None:
        verifier = connection.pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        )
        # The verifier of SCRAM, from which nobody learns the password, in a log neither.
        connection.execute(
            sql.SQL("ALTER ROLE {role} LOGIN PASSWORD {verifier}").format(
                role=name, verifier=sql.Literal(verifier.decode())
            )
        )


def _names(
    connection: psycopg.Connection, roles: Roles, reader_timeout: str
) -> dict[str, sql.Composable]:
    row = connection.execute("SELECT current_database(), current_schema()").fetchone()
    if row is None or row[1] is None:
        raise psycopg.DataError("the search_path names no schema that exists")
    return {
        "owner": sql.Identifier(roles.owner),
        "writer": sql.Identifier(roles.writer),
        "reader": sql.Identifier(roles.reader),
        "database": sql.Identifier(row[0]),
        "schema": sql.Identifier(row[1]),
        "summaries": sql.SQL(", ").join(map(sql.Identifier, SUMMARIES)),
        "reader_timeout": sql.Literal(reader_timeout),
    }


def _take_over(connection: psycopg.Connection, owner: str) -> None:
    """Give the owner what an earlier version, or another role, has made."""
    for (alter,) in connection.execute(_statement("take_over"), {"owner": owner}).fetchall():
        connection.execute(alter)


def _become(connection: psycopg.Connection, role: str) -> None:
    connection.execute("SELECT set_config('role', %(role)s, true)", {"role": role})
