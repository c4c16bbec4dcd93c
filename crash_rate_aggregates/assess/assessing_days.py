"""Assess stored days in their order: each evening begins with what the one before it left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from crash_rate_aggregates.assess.assessing import assess
from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.assessments.assessment_rows import AlarmRow, VerdictRow
from crash_rate_aggregates.database.assessments.assessments import Assessment, store_assessment
from crash_rate_aggregates.errors import CrashRateAggregatesError
from crash_rate_aggregates.unforeseen import unforeseen


@dataclass(frozen=True, slots=True)
class AssessedDay:
    """A day about which something is said now."""

    submission_date: date
    worse: int
    """Verdicts of worse that are decisive."""
    alarms: int
    """Alarms that are lit."""
    seconds: float


@dataclass(frozen=True, slots=True)
class UnassessedDay:
    """A day about which nothing new is said: it stays stored, and what was said before stays."""

    submission_date: date
    error: CrashRateAggregatesError


def assess_days(
    database_url: str,
    days: Sequence[date],
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[AssessedDay | UnassessedDay]:
    """Assess submission dates, the earliest first, and store what is said; a fault stops no other.

    Args:
        database_url: With its password; the role that fills days.
        days: Stored ones.
        now: For the record.
    """
    for day in sorted(days):
        try:
            with connect(database_url) as connection:
                assessment = assess(connection, day, now())
                store_assessment(connection, assessment)
        except CrashRateAggregatesError as error:
            yield UnassessedDay(day, error)
        # A fault that nobody foresaw must not cost the day that is stored, nor the others.
        except Exception as error:  # noqa: BLE001
            yield UnassessedDay(day, unforeseen(error))
        else:
            yield _assessed(assessment)


def _assessed(assessment: Assessment) -> AssessedDay:
    verdicts = [row for row in assessment.rows if isinstance(row, VerdictRow)]
    alarms = [row for row in assessment.rows if isinstance(row, AlarmRow)]
    return AssessedDay(
        assessment.submission_date,
        worse=sum(row.state == "worse" and row.is_decisive for row in verdicts),
        alarms=sum(row.state in ("begun", "lit") for row in alarms),
        seconds=assessment.seconds,
    )
