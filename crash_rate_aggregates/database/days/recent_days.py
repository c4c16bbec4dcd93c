"""What the database holds of each day of a range, for who looks whether all is well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.days.recorded_runs import recorded_run
from crash_rate_aggregates.database.days.runs import RecordedDay
from crash_rate_aggregates.ledger import DamagedFile, Ledger, LedgerLine, RowSums
from crash_rate_aggregates.stats import CRASH_PING_STATS

_statement = statements_beside(__name__)


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """A later run of the day that has not committed."""

    started_at: datetime
    error: str | None
    """Why it failed; None if it still runs or was killed."""


@dataclass(frozen=True, slots=True)
class RecentDay:
    """One submission date."""

    submission_date: date
    recorded: RecordedDay | None
    """None if the day was never stored."""
    open_attempt: OpenAttempt | None
    """None if the last attempt committed, or there was none."""


def recent_days(connection: psycopg.Connection, first: date, last: date) -> tuple[RecentDay, ...]:
    """Return every day from the first to the last, stored or not, in order."""
    with (
        rejections("the recent days could not be read"),
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        # One statement, so one snapshot: a day that commits meanwhile is either open or stored.
        cursor.execute(_statement("recent_days"), {"first": first, "last": last})
        return tuple(_recent_day(row) for row in cursor)


def row_sums(connection: psycopg.Connection, first: date, last: date) -> dict[date, RowSums]:
    """Add up the rows of each day that has some; reads them all."""
    crash_pings = sql.SQL(" + ").join(map(sql.Identifier, CRASH_PING_STATS))
    query = _statement("stored_sums").format(crash_pings=crash_pings)
    with (
        rejections("the rows of the recent days could not be added up"),
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        cursor.execute(query, {"first": first, "last": last})
        return {row.pop("submission_date"): RowSums(**row) for row in cursor}


def _recent_day(row: Mapping[str, Any]) -> RecentDay:
    attempted_at = row["attempted_at"]
    return RecentDay(
        row["day"],
        None if row["run_id"] is None else _recorded_day(row),
        None if attempted_at is None else OpenAttempt(attempted_at, row["error"]),
    )


def _recorded_day(row: Mapping[str, Any]) -> RecordedDay:
    lines = (LedgerLine(**line) for line in row["ledger_lines"])
    damaged = (DamagedFile(**file) for file in row["damaged_files"])
    return RecordedDay(
        # Sorted here: the collation of a database is another order than the program's.
        recorded_run(row),
        Ledger(tuple(sorted(lines))),
        tuple(sorted(damaged)),
    )
