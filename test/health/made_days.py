"""Days as the database knows them, for the tests of what is due and what is well."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from crash_rate_aggregates.database.days.recent_days import (
    CurrentRun,
    OpenAttempt,
    RecentDay,
    RowSums,
)


def stored_day(
    day: date,
    main_pings: int = 1000,
    crash_pings: int = 150,
    *,
    started_at: datetime | None = None,
    damaged_files: int = 0,
    open_attempt: OpenAttempt | None = None,
) -> RecentDay:
    """Return a stored day whose ledger balances, by a run at 4 in the morning of the next."""
    usual = datetime.combine(day + timedelta(days=1), time(4), tzinfo=UTC)
    pings = main_pings + crash_pings
    run = CurrentRun(
        1, started_at or usual, pings, 7, pings, main_pings, crash_pings, damaged_files
    )
    return RecentDay(day, run, open_attempt)


def sums_of(day: RecentDay) -> RowSums:
    """Return what the day's rows must add up to."""
    assert day.run is not None
    return RowSums(day.run.aggregates, day.run.main_pings, day.run.crash_pings)
