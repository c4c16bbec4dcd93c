"""What a database says of its own tables, views and functions, for docs/."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.stats import STAT_NAMES

_RELATIONS = """
SELECT oid, relname, obj_description(oid, 'pg_class')
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v')
ORDER BY relkind = 'v', oid
"""
"""Tables, then views, each in the order of the file that makes them."""
_COLUMNS = """
SELECT
    attname,
    format_type(atttypid, atttypmod),
    col_description(attrelid, attnum),
    attname = ANY (%(stats)s) OR attgenerated <> '' AS is_stat
FROM pg_attribute
WHERE attrelid = %(relation)s AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
"""
_FUNCTIONS = """
SELECT
    format('%s(%s)', proname, pg_get_function_arguments(oid)), obj_description(oid, 'pg_proc')
FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace
ORDER BY oid
"""


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or a view."""

    name: str
    comment: str
    columns: list[list[str]]
    """Name, type, unit and text of those that have a comment: a view's are those of its tables."""


@contextmanager
def migrated_database(url: str | None) -> Iterator[psycopg.Connection]:
    """Give a database with our tables: the given one, or one of a server that goes with it."""
    with ExitStack() as stack:
        if url is None:
            home = Path(stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
            # Where root makes the docs, the server's user must be able to enter.
            home.chmod(0o755)
            server = EmbeddedServer(home)
            # Before the folder goes: the server itself would only notice later that we have left.
            stack.callback(server.stop)
            url = stack.enter_context(server.running())
        connection = stack.enter_context(connect(url))
        migrate(connection)
        yield connection


def described_relations(connection: psycopg.Connection) -> list[Relation]:
    """Return tables and views; the stats, the same in every table, with the first alone."""
    return [
        Relation(name, comment, _described_columns(connection, oid, name))
        for oid, name, comment in connection.execute(_RELATIONS).fetchall()
    ]


def _described_columns(connection: psycopg.Connection, oid: int, name: str) -> list[list[str]]:
    values = {"relation": oid, "stats": [*STAT_NAMES]}
    return [
        [f"`{column}`", kind, unit.removesuffix("."), text]
        for column, kind, comment, is_stat in connection.execute(_COLUMNS, values)
        if comment and (name == "crash_aggregates" or not is_stat)
        for text, _, unit in [comment.rpartition(" Unit: ")]
    ]


def described_functions(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """Return each function with its parameters, and its comment."""
    return connection.execute(_FUNCTIONS).fetchall()
