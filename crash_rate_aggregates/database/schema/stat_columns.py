"""The columns of the stats: each table that counts gets those of `STATS` that it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.rows import DAY_TABLES
from crash_rate_aggregates.stats import Stat

_statement = statements_beside(__name__)

COUNTING_TABLES = (
    *chain.from_iterable((one.name, *one.summaries) for one in DAY_TABLES if one.has_stats),
    "crash_aggregates_run_totals",
)
"""The tables that have all stats as columns."""


def add_stat_columns(connection: psycopg.Connection, stats: Sequence[Stat]) -> None:
    """Add the columns that are missing, and make all comments say what the stats say.

    A new column may be NULL and has no default: days that were stored before it did not count that,
    which is something else than a count of 0.

    Args:
        connection: In a transaction, with the tables of the migrations.
        stats: All of them.
    """
    known: dict[str, dict[str, str | None]] = {table: {} for table in COUNTING_TABLES}
    rows = connection.execute(_statement("columns"), {"tables": [*COUNTING_TABLES]})
    for table, column, comment in rows:
        known[table][column] = comment
    changes = [
        change for table, columns in known.items() for change in _changes(table, columns, stats)
    ]
    if changes:
        connection.execute(sql.SQL("; ").join(changes))


def comment_of(stat: Stat) -> str:
    """Return the comment of the stat's columns: where the number comes from, and its unit."""
    return f"{stat.description} Unit: {stat.unit}."


def _changes(
    table: str, columns: dict[str, str | None], stats: Iterable[Stat]
) -> Iterator[sql.Composed]:
    """Yield only what is needed: each ALTER TABLE keeps readers out until the commit."""
    for stat in stats:
        names = {"table": sql.Identifier(table), "column": sql.Identifier(stat.name)}
        if stat.name not in columns:
            yield sql.SQL("ALTER TABLE {table} ADD COLUMN {column} bigint").format(**names)
        if columns.get(stat.name) != comment_of(stat):
            yield sql.SQL("COMMENT ON COLUMN {table}.{column} IS {comment}").format(
                **names, comment=sql.Literal(comment_of(stat))
            )
