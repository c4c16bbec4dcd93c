"""Days as the database knows them, for the tests of what is due and what is well."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from crash_rate_aggregates.database.days.recent_days import OpenAttempt, RecentDay
from crash_rate_aggregates.database.days.runs import RecordedDay, RecordedRun, RunFacts
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.ledger import DamagedFile, Ledger, LedgerLine, RowSums
from crash_rate_aggregates.outcomes import DocType


def stored_day(
    day: date,
    main_pings: int = 1000,
    crash_pings: int = 150,
    *,
    unreadable: int = 0,
    pings_read: int | None = None,
    started_at: datetime | None = None,
    damaged_files: int = 0,
    open_attempt: OpenAttempt | None = None,
) -> RecentDay:
    """Return a stored day whose ledger balances, by a run at 4 in the morning of the next."""
    ledger = Ledger(
        (
            LedgerLine("crash", "outcome", "counted", crash_pings),
            LedgerLine("main", "adjustment", "usage_capped", 5),
            LedgerLine("main", "outcome", "counted", main_pings),
            LedgerLine("unknown", "outcome", "unreadable", unreadable),
        )
    )
    usual = datetime.combine(day + timedelta(days=1), time(4), tzinfo=UTC)
    facts = RunFacts(
        started_at=started_at or usual,
        seconds=60.0,
        program_version="0.1.0",
        engine="embedded",
        pings_source="/pings",
        dimensions=DIMENSIONS,
        pings_read=ledger.pings if pings_read is None else pings_read,
        bytes_read=4096,
        files_read=2,
    )
    run = RecordedRun(1, day, facts, facts.started_at + timedelta(minutes=1), aggregates=7)
    damaged = tuple(DamagedFile(f"{number}.gz", "cut") for number in range(damaged_files))
    return RecentDay(day, RecordedDay(run, ledger, damaged), open_attempt)


def sums_of(day: RecentDay) -> RowSums:
    """Return what the day's rows must add up to."""
    assert day.recorded is not None
    ledger = day.recorded.ledger
    return RowSums(
        rows=day.recorded.run.aggregates,
        usage_pings=ledger.counted(DocType.MAIN),
        crash_pings=ledger.counted(DocType.CRASH),
    )
