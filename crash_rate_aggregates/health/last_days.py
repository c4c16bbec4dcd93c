"""Look at the last days of a database: which are to be filled, and what is wrong with them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.recent_days import recent_days, row_sums
from crash_rate_aggregates.database.prepare import prepare_database
from crash_rate_aggregates.errors import NotAssessedError
from crash_rate_aggregates.health.check import PAST, CheckedDay, check_day
from crash_rate_aggregates.health.due import due_days
from crash_rate_aggregates.ledger import RowSums
from crash_rate_aggregates.questions.said.alarm_evenings import AlarmEvening
from crash_rate_aggregates.questions.said.lit_alarms import lit_alarms


def days_to_heal(database_url: str, heal_days: int, *, now: datetime) -> list[date]:
    """Return yesterday and the days before it that are missing or failed, the earliest first.

    Args:
        database_url: libpq URL, with its password.
        heal_days: How many of the last days are looked at, yesterday included, at least 1.
        now: The current time, aware.
    """
    prepare_database(database_url)
    yesterday = now.astimezone(UTC).date() - timedelta(days=1)
    with connect(database_url) as connection:
        days = recent_days(connection, yesterday - timedelta(days=heal_days - 1), yesterday)
    return due_days(days, now)


def newest_evening(database_url: str) -> AlarmEvening | None:
    """Return the alarms of the newest assessment; None where no day is assessed yet.

    Args:
        database_url: libpq URL, with its password.
    """
    with connect(database_url) as connection:
        try:
            return lit_alarms(connection)
        except NotAssessedError:
            return None


def check_days(database_url: str, last: date, days: int) -> list[CheckedDay]:
    """Judge the last days, the earliest first.

    Args:
        database_url: libpq URL, with its password.
        last: The last submission date to look at.
        days: How many, at least 1.
    """
    first = last - timedelta(days=days - 1)
    with connect(database_url) as connection:
        # With the past of the first one, which is compared but not judged itself.
        recent = recent_days(connection, first - PAST, last)
        sums = row_sums(connection, first, last)
    return [
        check_day(day, sums.get(day.submission_date, RowSums()), recent)
        for day in recent
        if day.submission_date >= first
    ]
