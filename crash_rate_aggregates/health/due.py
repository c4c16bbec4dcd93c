"""Which days a scheduled run fills: yesterday, and what is missing or failed before it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from crash_rate_aggregates.database.days.recent_days import RecentDay
from crash_rate_aggregates.database.days.runs import RecordedRun

FRESH = timedelta(hours=6)
"""Yesterday is not filled again so soon: the scheduler starts anew when another day failed."""


def due_days(days: Iterable[RecentDay], now: datetime) -> list[date]:
    """Return the submission dates to fill, in the order of `days`.

    A day is due if it is missing, if its last attempt did not commit, or if its run began before
    the day was over. Yesterday is due anyway, unless it was filled in the last 6 hours.

    Args:
        days: The last ones, yesterday included.
        now: The current time, aware.
    """
    # The clock's own zone does not matter: submission dates are of UTC.
    yesterday = now.astimezone(UTC).date() - timedelta(days=1)
    return [
        day.submission_date
        for day in days
        if day.recorded is None
        or day.open_attempt is not None
        or began_early(day.recorded.run)
        or (day.submission_date == yesterday and now - day.recorded.run.facts.started_at >= FRESH)
    ]


def began_early(run: RecordedRun) -> bool:
    """Say if a run began while pings of its day still came in."""
    day_after = run.submission_date + timedelta(days=1)
    return run.facts.started_at < datetime.combine(day_after, time(), tzinfo=UTC)
