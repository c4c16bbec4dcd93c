"""What people ask the table; nothing here can change it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.days.recorded_runs import check_stored, not_stored, stored_runs
from crash_rate_aggregates.database.days.runs import RecordedDay, RecordedRun
from crash_rate_aggregates.errors import DimensionsError, QueryError
from crash_rate_aggregates.ledger import DamagedFile, Ledger, LedgerLine
from crash_rate_aggregates.normalize.dates import check_order
from crash_rate_aggregates.questions.crash_rate import CrashRate, CrashRates

_statement = statements_beside(__name__)

DATE_COLUMNS = ("submission_date", "activity_date")
"""May be grouped by like dimensions; their values are ISO dates."""
# A COPY in a pipeline leaves the connection of no use.
_COPY = re.compile(r"(\s|--[^\n]*\n|/\*.*?\*/)*copy\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a statement."""

    columns: tuple[str, ...]
    """Names, which may repeat; empty for a statement without result."""
    rows: list[tuple[Any, ...]]
    """Values as Python's own types."""


def ask(connection: psycopg.Connection, query: str) -> Answer:
    """Run one statement in a read-only transaction.

    Raises:
        QueryError: PostgreSQL rejects it, or it would change something.
    """
    if _COPY.match(query):
        raise QueryError("the statement was rejected: COPY is no question, write a SELECT")
    with reading(connection, "the statement was rejected", QueryError) as cursor:
        # A pipeline speaks the extended protocol, which takes one statement and no second one
        # that would end the read-only transaction first.
        with connection.pipeline():
            cursor.execute(query)
        if cursor.description is None:
            return Answer((), [])
        return Answer(tuple(column.name for column in cursor.description), cursor.fetchall())


def crash_rates(
    connection: psycopg.Connection,
    by: Sequence[str] = ("channel",),
    min_submission_date: date | None = None,
    max_submission_date: date | None = None,
    *,
    min_usage_hours: float | None = None,
) -> list[CrashRates]:
    """Return crash rates for each combination of values, most usage hours first.

    Args:
        connection: From `connect`.
        by: Names of dimensions, `submission_date` or `activity_date`; none is one row for all.
        min_submission_date: First day, or None for the first stored.
        max_submission_date: Last day, or None for the last stored.
        min_usage_hours: Groups with fewer hours have no rates; None for `crash_min_usage_hours()`.

    Raises:
        DateRangeError: The last day lies before the first.
        DimensionsError: A name that no stored day has, with those there are.
        DayNotStoredError: No day of the range is stored.
        DatabaseError: There are no tables yet.
    """
    check_order(min_submission_date, max_submission_date)
    with reading(connection, "the crash rates could not be computed") as cursor:
        _check_names(cursor, by)
        check_stored(cursor, min_submission_date, max_submission_date)
        names = {f"name_{place}": name for place, name in enumerate(by)}
        groups = sql.SQL(", ").join(_group(key, name) for key, name in names.items())
        cursor.execute(
            _statement("crash_rates").format(groups=groups),
            {
                **names,
                "min_submission_date": min_submission_date,
                "max_submission_date": max_submission_date,
                "min_usage_hours": min_usage_hours,
            },
        )
        return list(_joined_rates(cursor))


def stored_days(connection: psycopg.Connection) -> list[RecordedRun]:
    """Return the run of each submission date in the table, the earliest first."""
    with reading(connection, "the stored days could not be read") as cursor:
        return stored_runs(cursor, None)


def stored_ledger(
    connection: psycopg.Connection, submission_date: date | None = None
) -> RecordedDay:
    """Return what became of every ping of a submission date, or of the latest one stored.

    Raises:
        DayNotStoredError: With the days there are.
    """
    with reading(connection, "the ledger could not be read") as cursor:
        runs = stored_runs(cursor, submission_date)
        if not runs:
            raise not_stored(cursor, submission_date)
        run = runs[-1]
        of_run = {"run_id": run.run_id}
        lines = cursor.execute(_statement("ledger_lines"), of_run).fetchall()
        damaged = cursor.execute(
            "SELECT file, reason FROM crash_aggregates_damaged_files "
            "WHERE run_id = %(run_id)s ORDER BY file, reason",
            of_run,
        ).fetchall()
        return RecordedDay(
            run,
            Ledger(tuple(LedgerLine(*line) for line in lines)),
            tuple(DamagedFile(*file) for file in damaged),
        )


def _check_names(cursor: psycopg.Cursor, by: Sequence[str]) -> None:
    recorded = [name for (name,) in cursor.execute(_statement("run_dimensions"))]
    for name in by:
        if recorded and name not in recorded and name not in DATE_COLUMNS:
            raise DimensionsError(
                f"no stored day has a dimension {name!r}: choose from "
                f"{', '.join((*recorded, *DATE_COLUMNS))}"
            )


def _group(key: str, name: str) -> sql.Composed:
    if name in DATE_COLUMNS:
        return sql.SQL("{}::text").format(sql.Identifier(name))
    return sql.SQL("dimensions ->> {}::text").format(sql.Placeholder(key))


def _joined_rates(rows: psycopg.Cursor) -> Iterator[CrashRates]:
    """Join the rows of each group, which differ in the kind of crash only."""
    for (group, *facts), kinds in groupby(rows, key=itemgetter(0, 1, 2, 3)):
        ping_count, usage_hours, min_usage_hours = facts
        rates = {kind: CrashRate(*numbers) for _, _, _, _, kind, *numbers in kinds}
        yield CrashRates(tuple(group), ping_count, usage_hours, min_usage_hours, **rates)
