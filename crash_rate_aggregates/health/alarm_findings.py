"""What the newest assessment adds to a check: alarms that nobody knows of, days not assessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crash_rate_aggregates.health.check import CheckedDay, Fault, Finding
from crash_rate_aggregates.questions.said.alarm_evenings import AlarmEvening


def with_alarms(days: Sequence[CheckedDay], evening: AlarmEvening) -> list[CheckedDay]:
    """Return the days with what was found about them, and what was said of them.

    Args:
        days: From `check_day`.
        evening: From `lit_alarms`; what it says of other days is left out.
    """
    return [replace(day, findings=(*day.findings, *_findings(day, evening))) for day in days]


def _findings(day: CheckedDay, evening: AlarmEvening) -> Iterator[Finding]:
    if day.submission_date == evening.submission_date:
        for alarm in evening.lit:
            if not alarm.is_quiet:
                yield Finding(Fault.ALARM, f"{alarm.words} ({alarm.alarm_id})")
    if evening.is_behind and day.submission_date == evening.newest_stored:
        last = evening.submission_date
        yield Finding(Fault.UNASSESSED, f"it is stored, and the last day assessed is {last}")
