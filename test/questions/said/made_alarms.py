"""Made evenings: assessments with alarms and verdicts, for the tests of their faces."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import psycopg

from crash_rate_aggregates.database.assessments.assessment_rows import AlarmRow, Row, VerdictRow
from crash_rate_aggregates.database.assessments.assessments import Assessment, store_assessment

FIRST = date(2026, 11, 25)
TIMES = "\N{MULTIPLICATION SIGN}"
MAIN = "firefox/release/main/2026-11-24"
"""The id of `alarm()`."""
VERDICT = "firefox/beta/156.0b3/main"
"""The id of `verdict()`."""


def alarm(state: str = "begun", ratio: float | None = 2.0, **fields: Any) -> AlarmRow:
    """Make an alarm about main crashes of Firefox's release, since 24 November."""
    happening = {
        "ended": "as usual again, after an alarm since 24 November",
        "new level": "a new level since 24 November",
    }.get(state, f"{TIMES}{ratio or 0:.2f} since 24 November")
    values: dict[str, Any] = {
        "alarm_id": MAIN,
        "application": "Firefox",
        "channel": "release",
        "kind": "main",
        "measure": "rate",
        "begun": date(2026, 11, 24),
        "state": state,
        "words": f"release, main crashes: {happening}",
        "activity_date": date(2026, 11, 24),
        "observed": ratio and ratio / 2,
        "expected": 0.5,
        "ratio": ratio,
        "lower_limit": ratio and ratio * 0.9,
        "upper_limit": ratio and ratio * 1.1,
    }
    return AlarmRow(**values | fields)


def verdict(state: str = "worse", ratio: float | None = 1.24, **fields: Any) -> VerdictRow:
    """Make a verdict on main crashes of Firefox 156.0b3, worse since 25 November."""
    is_worse = state == "worse"
    values: dict[str, Any] = {
        "application": "Firefox",
        "channel": "beta",
        "label": "156.0b3",
        "previous_label": "156.0b2",
        "kind": "main",
        "method": "same days",
        "is_decisive": True,
        "state": state,
        "words": "worse by 24% (11 … 39) since 25 November" if is_worse else state,
        "first_day": date(2026, 11, 23),
        "age": 2,
        "since": date(2026, 11, 25) if is_worse else None,
        "ratio": ratio,
        "lower_limit": 1.11,
        "upper_limit": 1.39,
        "crashes": 100.0,
        "usage_hours": 1e5,
        "previous_crashes": 80.0,
        "previous_usage_hours": 1e5,
        "hours_needed": None,
        "days_needed": None,
        "change": 0.2,
        "alpha": 0.05,
    }
    return VerdictRow(**values | fields)


def assess_day(
    connection: psycopg.Connection, day: date, *rows: Row, at: datetime | None = None
) -> None:
    """Store what is said of a submission date, at noon of the day after it unless told."""
    noon = datetime.combine(day + timedelta(days=1), time(12), tzinfo=UTC)
    store_assessment(connection, Assessment(day, at or noon, "0.1.0", 1, 1, 1.0, rows))


def assess_evenings(connection: psycopg.Connection, *evenings: tuple[Row, ...]) -> None:
    """Store what is said of submission dates in a row, from `FIRST` on."""
    for number, rows in enumerate(evenings):
        assess_day(connection, FIRST + timedelta(days=number), *rows)


def acknowledged_at(
    connection: psycopg.Connection, alarm_id: str, at: datetime, ratio: float | None = None
) -> None:
    """Acknowledge an alarm as Ann, at a time of one's own."""
    connection.execute(
        "INSERT INTO crash_acknowledgements VALUES (%s, %s, 'Ann', 'bug 1234567', %s)",
        [alarm_id, at, ratio],
    )
