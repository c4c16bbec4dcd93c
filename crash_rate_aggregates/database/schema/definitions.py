"""Functions and views: all made anew whenever this program's differ from the database's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
import pyarrow as pa
from psycopg import sql

from crash_rate_aggregates.crash_kinds import summed
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.schema.rate_slots import rate_slots, with_slots
from crash_rate_aggregates.errors import DatabaseError
from crash_rate_aggregates.rows import CLIENTS
from crash_rate_aggregates.stats import Stat

_statement = statements_beside(__name__)
_BREAK = ",\n"


@dataclass(frozen=True, slots=True)
class Defined:
    """Names of what stands in a schema, as PostgreSQL writes them."""

    views: tuple[str, ...]
    functions: tuple[str, ...]
    """Each with the types of its parameters."""


NOTHING = Defined((), ())


def filled(text: str, stats: Sequence[Stat]) -> str:
    """Return the text of functions or views with the stats in its slots.

    Args:
        text: `{stats}` stands for the columns, `{stat_sums}` for their sums, `{client_counts}` and
            `{client_sums}` for those of the table of clients; the rest is that of `rate_slots`.
        stats: In the order of the columns.
    """
    names = sql.SQL(", ").join(sql.Identifier(stat.name) for stat in stats)
    counts = [one.name for one in CLIENTS.schema if pa.types.is_int64(one.type)]
    slots = {
        "stats": names.as_string(),
        "stat_sums": _BREAK.join(
            f"({summed(stat, stat.name)})::bigint AS {stat.name}" for stat in stats
        ),
        "client_counts": _BREAK.join(counts),
        "client_sums": _BREAK.join(f"sum({name})::bigint AS {name}" for name in counts),
    }
    return with_slots(text, {**slots, **rate_slots(stats)})


def drop_definitions(connection: psycopg.Connection, made: Defined) -> None:
    """Drop the views and functions that an earlier `define` has made; needs a transaction.

    Raises:
        DatabaseError: A view or function of somebody else stands on one of them.
    """
    # One statement for each kind, so that their order does not matter, and never CASCADE: what else
    # stands on them is not ours. Views first, as they stand on functions.
    drops = connection.execute(
        _statement("drop_definitions"), {"views": [*made.views], "functions": [*made.functions]}
    ).fetchall()
    for (drop,) in drops:
        try:
            connection.execute(drop)
        except psycopg.errors.DependentObjectsStillExist as error:
            raise DatabaseError(_dependents(error)) from error


def _dependents(error: psycopg.Error) -> str:
    """Say what stands in the way and what to do about it."""
    lines = (error.diag.message_detail or str(error)).splitlines()
    others = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return (
        f"{lines[0]}{others}, which this version of the program defines anew: drop what depends on "
        "it, run this again, then make that anew"
    )


def read_grants(connection: psycopg.Connection, made: Defined) -> list[tuple[str, str]]:
    """Return who may what with the views and functions: name and GRANT statement of each right."""
    return connection.execute(
        _statement("grants_of_definitions"),
        {"views": [*made.views], "functions": [*made.functions]},
    ).fetchall()


def define(
    connection: psycopg.Connection, texts: Sequence[str], grants: Sequence[tuple[str, str]]
) -> Defined:
    """Make functions and views, in a transaction in which none of them is there.

    Args:
        connection: In a transaction.
        texts: Those of `filled`, in order; `{schema}` in them stands for the current schema.
        grants: From `read_grants`, given again where the name is there again.

    Returns:
        What was made.
    """
    # What is there before is of others: it is never recorded as ours, so never dropped.
    others = _read_defined(connection)
    row = connection.execute("SELECT quote_ident(current_schema())").fetchone()
    for text in texts:
        # As bytes and without parameters, a script of many statements is sent as it is.
        connection.execute(text.replace("{schema}", row[0] if row else "").encode())
    present = _read_defined(connection)
    made = Defined(
        tuple(sorted({*present.views} - {*others.views})),
        tuple(sorted({*present.functions} - {*others.functions})),
    )
    for name, grant in grants:
        if name in {*made.views, *made.functions}:
            connection.execute(grant.encode())
    return made


def _read_defined(connection: psycopg.Connection) -> Defined:
    rows = connection.execute(_statement("defined")).fetchall()
    return Defined(
        tuple(name for name, is_view in rows if is_view),
        tuple(name for name, is_view in rows if not is_view),
    )
