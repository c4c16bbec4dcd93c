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

from crash_rate_aggregates.database.days.recent_days import CurrentRun, RecentDay, RowSums
from crash_rate_aggregates.health.due import began_early

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
    if day.run is None:
        missing = Finding(Fault.MISSING, "it was never stored")
        return CheckedDay(day.submission_date, 0, 0, (missing, *attempt), has_past=False)
    runs = _comparable_runs(day.submission_date, past)
    findings = (
        *attempt,
        *_findings_of_run(day.submission_date, day.run, sums),
        *_volume_findings(day.run, runs),
    )
    return CheckedDay(
        day.submission_date, day.run.main_pings, day.run.crash_pings, findings, bool(runs)
    )


def _attempt_findings(day: RecentDay) -> Iterator[Finding]:
    if (attempt := day.open_attempt) is not None:
        began = f"{attempt.started_at:%Y-%m-%d %H:%M} UTC"
        why = attempt.error or "it still runs or was killed"
        yield Finding(Fault.FAILED, f"the run of {began} did not commit: {why}")


def _findings_of_run(day: date, run: CurrentRun, sums: RowSums) -> Iterator[Finding]:
    if began_early(day, run):
        began = f"{run.started_at:%Y-%m-%d %H:%M} UTC"
        yield Finding(Fault.EARLY, f"its run began on {began}, before the day was over")
    if not run.main_pings + run.crash_pings:
        yield Finding(Fault.EMPTY, f"none of the {run.pings_read:,} pings read is counted")
    for left, left_number, right, right_number in (
        ("pings read", run.pings_read, "the outcomes", run.outcomes),
        ("aggregates", run.aggregates, "rows", sums.rows),
        ("counted main pings", run.main_pings, "main pings in the rows", sums.main_pings),
        ("counted crash pings", run.crash_pings, "crash pings in the rows", sums.crash_pings),
    ):
        if left_number != right_number:
            numbers = f"{left} {left_number:,}, {right} {right_number:,}"
            yield Finding(Fault.UNBALANCED, f"its ledger does not balance: {numbers}")
    if run.damaged_files:
        yield Finding(Fault.DAMAGED, f"{run.damaged_files:,} of its files were damaged")


def _comparable_runs(day: date, past: Sequence[RecentDay]) -> list[CurrentRun]:
    """Return the runs of the same weekdays, else of all days, else none."""
    stored = {
        one.submission_date: one.run
        for one in past
        if one.run is not None and day - PAST <= one.submission_date < day
    }
    same = [run for one, run in stored.items() if (day - one).days % _WEEK == 0]
    if len(same) >= LEAST_DAYS:
        return same
    return list(stored.values()) if len(stored) >= _WEEK else []


def _volume_findings(run: CurrentRun, past: Sequence[CurrentRun]) -> Iterator[Finding]:
    if not past:
        return
    for name, number, numbers in (
        ("main", run.main_pings, [one.main_pings for one in past]),
        ("crash", run.crash_pings, [one.crash_pings for one in past]),
    ):
        if not is_plausible(number, expected := median(numbers)):
            text = f"{number:,} {name} pings counted, where {expected:,.0f} are usual"
            yield Finding(Fault.VOLUME, text)


def is_plausible(number: int, expected: float) -> bool:
    """Say if a number of pings is between half and twice the expected one, or those are too few."""
    return (
        expected < LEAST_EXPECTED or LOWEST_RATIO * expected <= number <= HIGHEST_RATIO * expected
    )
