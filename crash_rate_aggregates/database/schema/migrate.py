"""Bring a database to what this version of the program wants, in one transaction.

Tables are made and changed by numbered files, each applied once. Functions, views and the columns
of stats are made anew whenever they differ from what the database has.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg

from crash_rate_aggregates import __version__
from crash_rate_aggregates.database.access.lock_retries import changing_schema, lock_retries
from crash_rate_aggregates.database.access.rejections import rejections, server_message
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.schema.definitions import (
    NOTHING,
    Defined,
    define,
    drop_definitions,
    read_grants,
)
from crash_rate_aggregates.database.schema.predecessor import MADE, is_predecessor
from crash_rate_aggregates.database.schema.program_schema import Migration, Schema, program_schema
from crash_rate_aggregates.database.schema.stat_columns import add_stat_columns
from crash_rate_aggregates.errors import DatabaseError, SchemaError

_statement = statements_beside(__name__)

DEFINITIONS = "functions, views and stats"
"""What is said to be applied when these were made anew."""
_NO_RIGHT = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)


@dataclass(frozen=True, slots=True)
class _Present:
    """What a database has."""

    migrations: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Name and digest of each, by number."""
    is_predecessor: bool = False
    """Whether it has the tables of the migrations before these."""
    number: int = 0
    """Of the schema that was applied last."""
    sha256: str = ""
    program_version: str = ""
    made: Defined = NOTHING


def has_schema(connection: psycopg.Connection, wanted: Schema | None = None) -> bool:
    """Tell whether the database has what `migrate` would make.

    Raises:
        SchemaError: It was made by a newer version.
        DatabaseError: It was made by another program, or the server refuses.
    """
    with rejections("the tables could not be read"):
        return _has_all(_read_present(connection), wanted or program_schema())


def require_schema(connection: psycopg.Connection, wanted: Schema | None = None) -> None:
    """Compare, changing nothing: whoever asks makes no tables.

    Args:
        connection: From `connect`, of a role that may read the tables.
        wanted: What this version of the program wants, unless given.

    Raises:
        SchemaError: There are no tables, or they are those of an older or newer version.
        DatabaseError: The database was made by another program, or the server refuses.
    """
    schema = wanted or program_schema()
    with rejections("the tables could not be read"):
        present = _read_present(connection)
        if _has_all(present, schema):
            return
    if not present.migrations and not present.is_predecessor:
        raise SchemaError(
            f"there are no tables in database {connection.info.dbname}: `database init` by its "
            "owner makes them, and so does the first `run`; or correct --database"
        )
    stands_at = f"schema {present.number}" if present.number else "an older schema"
    raise SchemaError(
        f"the database has {stands_at}, and this version of the program asks schema "
        f"{schema.number}: `database init`, or a `run`, by the owner of the tables brings it up "
        "to date"
    )


def migrate(connection: psycopg.Connection, wanted: Schema | None = None) -> list[str]:
    """Apply what the database does not have yet, all of it or nothing.

    Safe when several processes do it at once: they wait for each other. Where it has to wait for a
    reader it gives way to those behind it, and is tried again.

    Args:
        connection: From `connect`. What is made belongs to whom the tables belong.
        wanted: What this version of the program wants, unless given.

    Returns:
        What was applied now: names of migrations and `DEFINITIONS`; empty if nothing.

    Raises:
        LockTimeoutError: A reader kept its lock.
        SchemaError: The database was made by a newer version.
        DatabaseError: The database was made by another program, somebody's view stands on one that
            must go, or the server refuses.
    """
    schema = wanted or program_schema()
    with rejections("the tables could not be made"):
        # Who may only read gets no further than this, and need not.
        if _has_all(_read_present(connection), schema):
            return []
        try:
            return lock_retries()(_migrate, connection, schema)
        except _NO_RIGHT as error:
            raise DatabaseError(
                f"the tables could not be brought up to date: {server_message(error)}; the owner "
                "of the tables may, or `database init`"
            ) from error


def _migrate(connection: psycopg.Connection, schema: Schema) -> list[str]:
    with changing_schema(connection):
        # Read again, as another process may have been faster while we waited for the lock.
        return bring_up_to_date(connection, schema)


def _has_all(present: _Present, schema: Schema) -> bool:
    """Compare; refuses a database that is not this program's to change."""
    if present.sha256 == schema.sha256:
        return True
    if present.number > schema.number:
        raise SchemaError(
            f"the database has schema {present.number}, made by version {present.program_version} "
            f"of the program, and this version knows {schema.number}: use that version or a later "
            "one"
        )
    known = {step.number: step for step in schema.migrations}
    for number, (name, sha256) in present.migrations.items():
        if number not in known or known[number].sha256 != sha256:
            raise DatabaseError(
                f"the database was made by another {name} than this program's: "
                "use the version that made it, or an empty database"
            )
    return False


def bring_up_to_date(connection: psycopg.Connection, schema: Schema) -> list[str]:
    """Apply what is not there, as `migrate` does, in the transaction of the caller.

    Args:
        connection: In `changing_schema`, which the caller tries again.
        schema: What is wanted.

    Returns:
        What was applied now.
    """
    present = _read_present(connection)
    if _has_all(present, schema):
        return []
    connection.execute(_statement("become_owner"))
    # What is dropped takes its rights along.
    grants = read_grants(connection, present.made)
    # Before the migrations, which may then change any column that a view shows.
    drop_definitions(connection, present.made)
    steps = [step for step in schema.migrations if step.number not in present.migrations]
    for step in steps:
        is_there = present.is_predecessor and step.number == 1
        connection.execute(_statement("from_0012") if is_there else step.script)
    # Between tables and views, as views show these columns.
    add_stat_columns(connection, schema.stats)
    made = define(connection, schema.definitions, grants)
    _record(connection, schema, steps, made)
    return [*(step.name for step in steps), DEFINITIONS]


def _record(
    connection: psycopg.Connection, schema: Schema, steps: list[Migration], made: Defined
) -> None:
    connection.execute(_statement("create_record"))
    for step in steps:
        connection.execute(
            "INSERT INTO crash_aggregates_migrations (number, name, sha256) "
            "VALUES (%(number)s, %(name)s, %(sha256)s)",
            {"number": step.number, "name": step.name, "sha256": step.sha256},
        )
    # One row: what an earlier version defined is gone.
    connection.execute("DELETE FROM crash_aggregates_definitions")
    connection.execute(
        "INSERT INTO crash_aggregates_definitions "
        "(number, sha256, program_version, views, functions) "
        "VALUES (%(number)s, %(sha256)s, %(program_version)s, %(views)s, %(functions)s)",
        {
            "number": schema.number,
            "sha256": schema.sha256,
            "program_version": __version__,
            "views": [*made.views],
            "functions": [*made.functions],
        },
    )


def _read_present(connection: psycopg.Connection) -> _Present:
    tables = {name for (name,) in connection.execute(_statement("tables_of_record"))}
    if "crash_aggregates_migrations" not in tables:
        return _Present()
    rows = connection.execute(
        "SELECT number, name, sha256 FROM crash_aggregates_migrations ORDER BY number"
    ).fetchall()
    migrations = {number: (name, sha256) for number, name, sha256 in rows}
    if is_predecessor(migrations):
        return _Present(is_predecessor=True, made=MADE)
    if "crash_aggregates_definitions" not in tables:
        return _Present(migrations)
    row = connection.execute(
        "SELECT number, sha256, program_version, views, functions FROM crash_aggregates_definitions"
    ).fetchone()
    if row is None:
        return _Present(migrations)
    number, sha256, program_version, views, functions = row
    made = Defined(tuple(views), tuple(functions))
    return _Present(migrations, False, number, sha256, program_version, made)
