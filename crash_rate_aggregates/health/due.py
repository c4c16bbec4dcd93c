"""Which days a scheduled run fills: yesterday, and what is missing or failed before it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from crash_rate_aggregates.database.days.recent_days import CurrentRun, RecentDay

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
    yesterday = now.astimezone(UTC).date() - timedelta(days=1)
    return [
        day.submission_date
        for day in days
        if day.run is None
        or day.open_attempt is not None
        or began_early(day.submission_date, day.run)
        or (day.submission_date == yesterday and now - day.run.started_at >= FRESH)
    ]


def began_early(submission_date: date, run: CurrentRun) -> bool:
    """Say if a run began while pings of its day still came in."""
    return run.started_at < datetime.combine(
        submission_date + timedelta(days=1), time(), tzinfo=UTC
    )
