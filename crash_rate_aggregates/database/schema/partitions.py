"""One partition a month, made before the day's transaction so that no reader waits for it."""

from __future__ import annotations

from datetime import date

import psycopg

from crash_rate_aggregates.database.access.lock_retries import (
    RETRY_SECONDS,
    changing_schema,
    lock_retries,
)
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside

_statement = statements_beside(__name__)


def partition_name(submission_date: date) -> str:
    """Return the month's table.

    >>> partition_name(date(2016, 3, 14))
    'crash_aggregates_2016_03'
    """
    return f"crash_aggregates_{submission_date:%Y_%m}"


def partition_bounds(submission_date: date) -> tuple[date, date]:
    """Return the first day of the month and the first day after it.

    >>> partition_bounds(date(2015, 12, 31))
    (datetime.date(2015, 12, 1), datetime.date(2016, 1, 1))
    """
    first = submission_date.replace(day=1)
    if first.month == 12:  # noqa: PLR2004 - December
        return first, date(first.year + 1, 1, 1)
    return first, first.replace(month=first.month + 1)


def ensure_partition(
    connection: psycopg.Connection, submission_date: date, *, retry_seconds: float = RETRY_SECONDS
) -> bool:
    """Make the month's partition unless it is there, in a short transaction of its own.

    Args:
        connection: From `connect`, outside any transaction.
        submission_date: Any day of the month.
        retry_seconds: How long to try again while another session holds a lock in the way.

    Returns:
        Whether it was made now.

    Raises:
        LockTimeoutError: The lock was not to be had.
        DatabaseError: The server refuses, as when the tables were not made yet.
    """
    name = partition_name(submission_date)
    with rejections(f"the partition {name} could not be made"):
        if _has_partition(connection, name):
            return False
        return lock_retries(retry_seconds)(_make_partition, connection, submission_date)


def _has_partition(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute(_statement("has_partition"), {"partition": name}).fetchone()
    return row is not None and row[0]


def _make_partition(connection: psycopg.Connection, submission_date: date) -> bool:
    with changing_schema(connection):
        if _has_partition(connection, partition_name(submission_date)):
            return False
        connection.execute(
            "SELECT crash_aggregates_make_partition(%(submission_date)s)",
            {"submission_date": submission_date},
        )
    return True
