"""What the database holds of each day of a range, for who looks whether all is well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.stats import CRASH_PING_STATS

_statement = statements_beside(__name__)


@dataclass(frozen=True, slots=True)
class CurrentRun:
    """The run whose rows the table holds, by its own record and ledger."""

    run_id: int
    started_at: datetime
    pings_read: int
    aggregates: int
    """Rows that it stored."""
    outcomes: int
    """Pings in all its outcomes; equal to `pings_read`."""
    main_pings: int
    """Counted main pings."""
    crash_pings: int
    """Counted crash pings."""
    damaged_files: int
    """Files that were read only up to their damage."""


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
    run: CurrentRun | None
    """None if the day was never stored."""
    open_attempt: OpenAttempt | None
    """None if the last attempt committed, or there was none."""


@dataclass(frozen=True, slots=True)
class RowSums:
    """What the rows of a day add up to."""

    rows: int = 0
    main_pings: int = 0
    crash_pings: int = 0


def recent_days(connection: psycopg.Connection, first: date, last: date) -> tuple[RecentDay, ...]:
    """Return every day from the first to the last, stored or not, in order."""
    with rejections("the recent days could not be read"):
        rows = connection.execute(_statement("recent_days"), {"first": first, "last": last})
        return tuple(_recent_days(rows))


def row_sums(connection: psycopg.Connection, first: date, last: date) -> dict[date, RowSums]:
    """Add up the rows of each day that has some; reads them all."""
    crash_pings = sql.SQL(" + ").join(map(sql.Identifier, CRASH_PING_STATS))
    query = _statement("stored_sums").format(crash_pings=crash_pings)
    with rejections("the rows of the recent days could not be added up"):
        rows = connection.execute(query, {"first": first, "last": last})
        return {day: RowSums(*numbers) for day, *numbers in rows}


def _recent_days(rows: psycopg.Cursor[Any]) -> Iterator[RecentDay]:
    for submission_date, *run, attempted_at, error in rows:
        yield RecentDay(
            submission_date,
            None if run[0] is None else CurrentRun(*run),
            None if attempted_at is None else OpenAttempt(attempted_at, error),
        )
