"""The three roles of a database: one owns it, one fills it, one looks on."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.lock_retries import changing_schema, lock_retries
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.assessments.assessment_rows import (
    ACKNOWLEDGED_TABLES,
    ASSESSMENT_TABLES,
)
from crash_rate_aggregates.database.days.runs import RUN_TABLES
from crash_rate_aggregates.database.schema.migrate import bring_up_to_date
from crash_rate_aggregates.database.schema.program_schema import program_schema
from crash_rate_aggregates.rows import PEOPLE_TABLES, REPLACED_TABLES

_statement = statements_beside(__name__)

READER_TIMEOUT = "60s"
"""After so long a reader's statement, or its idle transaction, is ended."""
READER_TEMPORARY_FILES = "4GB"
"""So much of the disk may each session of the reader use to sort or join."""
_FEWEST_CONNECTIONS = 2
"""Of the reader and of the writer, however few the server has."""
_RIGHTS = ("grant_place", "revoke_functions", "grant_tables", "grant_maintenance")
_VERSION_WITH_MAINTAIN = 170000
_log = logging.getLogger(__name__)


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

    Safe to repeat: what is there already is set right, what the reader has changed about itself
    too. All of it is done, or nothing.

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
        applied = lock_retries()(_set_right, connection, roles, passwords, reader_timeout)
        _tell_what_is_open(connection, roles.reader)
    return applied


def are_right(connection: psycopg.Connection, roles: Roles) -> bool:
    """Tell whether `init_roles` of this version of the program was the last to set rights.

    Args:
        connection: From `connect`.
        roles: Names, of roles for one database alone.
    """
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = %(owner)s",
        {"owner": roles.owner},
    ).fetchone()
    return row == (_comment(),)


def _set_right(
    connection: psycopg.Connection,
    roles: Roles,
    passwords: Mapping[str, str],
    reader_timeout: str,
) -> list[str]:
    # All in this one transaction, tried again as a whole: a part that waited alone would keep the
    # locks of the parts before it, and everybody behind them out.
    with changing_schema(connection):
        for kind, role in asdict(roles).items():
            _ensure_role(connection, role, passwords.get(kind))
        names = _names(connection, roles, reader_timeout)
        connection.execute(_statement("grant_place").format(**names))
        _close_what_is_open(connection, names)
        _take_over(connection, roles.owner)
        # From here on as the owner, whose everything is that is made, now and by default later.
        _become(connection, roles.owner)
        applied = bring_up_to_date(connection, program_schema())
        connection.execute(_statement("grant_tables").format(**names))
        if connection.info.server_version >= _VERSION_WITH_MAINTAIN:
            connection.execute(_statement("grant_maintenance").format(**names))
        # Or the rest of the session could do no more than the owner may, which is less.
        _become(connection, "none")
        connection.execute(
            sql.SQL("COMMENT ON ROLE {owner} IS {comment}").format(
                owner=names["owner"], comment=sql.Literal(_comment())
            )
        )
    return applied


def _comment() -> str:
    """Return what the owner's comment says once all rights are those of these files."""
    texts = (_statement(name).as_string() for name in _RIGHTS)
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    return f"Owns the tables of crash-rate-aggregates. Rights: {digest[:16]}"


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
    row = connection.execute(_statement("place")).fetchone()
    if row is None or row[1] is None:
        raise psycopg.DataError("the search_path names no schema that exists")
    database, schema, connections = row
    return {
        "owner": sql.Identifier(roles.owner),
        "writer": sql.Identifier(roles.writer),
        "reader": sql.Identifier(roles.reader),
        "database": sql.Identifier(database),
        "schema": sql.Identifier(schema),
        "replaced_tables": sql.SQL(", ").join(map(sql.Identifier, REPLACED_TABLES)),
        "people_tables": sql.SQL(", ").join(map(sql.Identifier, PEOPLE_TABLES)),
        "run_tables": sql.SQL(", ").join(map(sql.Identifier, RUN_TABLES)),
        "said_tables": sql.SQL(", ").join(
            map(sql.Identifier, (*ASSESSMENT_TABLES, *ACKNOWLEDGED_TABLES))
        ),
        "reader_timeout": sql.Literal(reader_timeout),
        "connections": sql.Literal(max(_FEWEST_CONNECTIONS, connections // 4)),
        "temporary_files": sql.Literal(READER_TEMPORARY_FILES),
    }


def _close_what_is_open(
    connection: psycopg.Connection, names: Mapping[str, sql.Composable]
) -> None:
    """Take from everybody what only a superuser can take."""
    row = connection.execute(
        "SELECT rolsuper, has_parameter_privilege('temp_file_limit', 'SET') "
        "FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    is_superuser, may_limit = row or (False, False)
    if is_superuser:
        for (revoke,) in connection.execute(_statement("revoke_functions")).fetchall():
            connection.execute(revoke)
    if may_limit:
        connection.execute(
            sql.SQL(
                "ALTER ROLE {reader} IN DATABASE {database} SET temp_file_limit = {temporary_files}"
            ).format(**names)
        )


def _tell_what_is_open(connection: psycopg.Connection, reader: str) -> None:
    row = connection.execute(
        "SELECT has_function_privilege(%(reader)s, 'lo_from_bytea(oid, bytea)', 'EXECUTE')",
        {"reader": reader},
    ).fetchone()
    if row == (True,):
        _log.warning(
            "%s may still make large objects and hold any number of advisory locks: only a "
            "superuser's `database init` can take that from it",
            reader,
        )


def _take_over(connection: psycopg.Connection, owner: str) -> None:
    """Give the owner what an earlier version, or another role, has made."""
    for (alter,) in connection.execute(_statement("take_over"), {"owner": owner}).fetchall():
        connection.execute(alter)


def _become(connection: psycopg.Connection, role: str) -> None:
    connection.execute("SELECT set_config('role', %(role)s, true)", {"role": role})
