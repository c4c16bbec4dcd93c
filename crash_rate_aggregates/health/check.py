"""Judge a stored day: is it there, whole, and of plausible volume against its own past?

The rule of volume: counted main pings, and likewise counted crash pings, are between half and twice
the median of the same weekday in the 6 weeks before.

- The same weekday, because use of Firefox has a weekly rhythm (fewer pings on weekends).
- The median, because it stays where it is while fewer than half of those days are wrong: its
  breakdown point is 1/2 (Donoho and Huber, "The notion of breakdown point", 1983).
- A ratio and no multiple of the spread: of 6 days the spread is known too badly, and may be 0.
- Half and twice, because holidays take a third at most, while a lost hour-long upload, a lost
  partition of two, or pings delivered twice reach them.
- Only from 100 expected pings on: then chance alone (Poisson, standard deviation 10%) stays 5
  standard deviations away from half.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from crash_rate_aggregates.database.days.recent_days import RecentDay
from crash_rate_aggregates.database.days.runs import RecordedDay
from crash_rate_aggregates.health.due import began_early
from crash_rate_aggregates.ledger import RowSums
from crash_rate_aggregates.outcomes import DocType

PAST = timedelta(weeks=6)
"""How far back days are compared with."""
LEAST_DAYS = 3
"""Fewer same weekdays are no past; then all days of it count, from a whole week on."""
LOWEST_RATIO = 0.5
HIGHEST_RATIO = 2.0
LEAST_EXPECTED = 100
"""Pings; of fewer, chance alone explains half or twice."""
_WEEK = 7


class Fault(StrEnum):
    """What can be wrong with a day."""

    MISSING = "missing"
    FAILED = "failed"
    EARLY = "early"
    EMPTY = "empty"
    UNBALANCED = "unbalanced"
    DAMAGED = "damaged"
    VOLUME = "volume"
    ALARM = "alarm"
    UNASSESSED = "unassessed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one day."""

    fault: Fault
    text: str
    """Says it with its numbers, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class CheckedDay:
    """What was found out about a day."""

    submission_date: date
    main_pings: int
    """Counted; 0 if the day is missing."""
    crash_pings: int
    findings: tuple[Finding, ...]
    """None if all is well."""
    has_past: bool
    """Whether there was a past to compare the volume with."""


def check_day(day: RecentDay, sums: RowSums, past: Sequence[RecentDay]) -> CheckedDay:
    """Judge one submission date.

    Args:
        day: The day.
        sums: Of its rows in the table.
        past: Days before it, of which those of the last 6 weeks count; any others are left out.
    """
    attempt = _attempt_findings(day)
    recorded = day.recorded
    if recorded is None:
        missing = Finding(Fault.MISSING, "it was never stored")
        return CheckedDay(day.submission_date, 0, 0, (missing, *attempt), has_past=False)
    comparable = _comparable_days(day.submission_date, past)
    findings = (
        *attempt,
        *_findings_of_run(recorded, sums),
        *_volume_findings(recorded, comparable),
    )
    return CheckedDay(
        submission_date=day.submission_date,
        main_pings=recorded.ledger.counted(DocType.MAIN),
        crash_pings=recorded.ledger.counted(DocType.CRASH),
        findings=findings,
        has_past=bool(comparable),
    )


def _attempt_findings(day: RecentDay) -> Iterator[Finding]:
    if (attempt := day.open_attempt) is not None:
        began = f"{attempt.started_at:%Y-%m-%d %H:%M} UTC"
        why = attempt.error or "it still runs or was killed"
        yield Finding(Fault.FAILED, f"the run of {began} did not commit: {why}")


def _findings_of_run(recorded: RecordedDay, sums: RowSums) -> Iterator[Finding]:
    run, ledger = recorded.run, recorded.ledger
    pings_read = run.facts.pings_read
    if began_early(run):
        began = f"{run.facts.started_at:%Y-%m-%d %H:%M} UTC"
        yield Finding(Fault.EARLY, f"its run began on {began}, before the day was over")
    if not ledger.counted(DocType.MAIN) + ledger.counted(DocType.CRASH):
        yield Finding(Fault.EMPTY, f"none of the {pings_read:,} pings read is counted")
    for fault in ledger.faults_against(pings_read, run.aggregates, sums):
        yield Finding(Fault.UNBALANCED, f"its ledger does not balance: {fault}")
    if recorded.damaged:
        yield Finding(Fault.DAMAGED, f"{len(recorded.damaged):,} of its files were damaged")


def _comparable_days(day: date, past: Sequence[RecentDay]) -> list[RecordedDay]:
    """Return the same weekdays that are stored, else all days, else none."""
    stored = {
        one.submission_date: one.recorded
        for one in past
        if one.recorded is not None and day - PAST <= one.submission_date < day
    }
    same = [recorded for one, recorded in stored.items() if (day - one).days % _WEEK == 0]
    if len(same) >= LEAST_DAYS:
        return same
    return list(stored.values()) if len(stored) >= _WEEK else []


def _volume_findings(recorded: RecordedDay, past: Sequence[RecordedDay]) -> Iterator[Finding]:
    if not past:
        return
    for doc_type in (DocType.MAIN, DocType.CRASH):
        number = recorded.ledger.counted(doc_type)
        expected = median(one.ledger.counted(doc_type) for one in past)
        if not is_plausible(number, expected):
            text = f"{number:,} {doc_type} pings counted, where {expected:,.0f} are usual"
            yield Finding(Fault.VOLUME, text)


def is_plausible(number: int, expected: float) -> bool:
    """Say if a number of pings is between half and twice the expected one, or those are too few."""
    return (
        expected < LEAST_EXPECTED or LOWEST_RATIO * expected <= number <= HIGHEST_RATIO * expected
    )
