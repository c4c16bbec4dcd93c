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
from crash_rate_aggregates.rows import CRASH_AGGREGATES, REPLACED_TABLES

_statement = statements_beside(__name__)

UNDIVIDED_TABLES = tuple(name for name in REPLACED_TABLES if name != CRASH_AGGREGATES.name)
"""Those that a day fills without partitions: only `crash_aggregates` grows to need them."""


def partition_name(submission_date: date) -> str:
    """Return the month's table.

    >>> partition_name(date(2016, 3, 14))
    'crash_aggregates_2016_03'
    """
    return f"crash_aggregates_{submission_date:%Y_%m}"


def ensure_partition(
    connection: psycopg.Connection, submission_date: date, *, retry_seconds: float = RETRY_SECONDS
) -> None:
    """Make the month's partition unless it is there, in a short transaction of its own.

    Args:
        connection: From `connect`, outside any transaction.
        submission_date: Any day of the month.
        retry_seconds: How long to try again while another session holds a lock in the way.

    Raises:
        LockTimeoutError: The lock was not to be had.
        DatabaseError: The server refuses, as when the tables were not made yet.
    """
    name = partition_name(submission_date)
    with rejections(f"the partition {name} could not be made"):
        # Nearly always it is there, and then no lock is taken that another session could wait for.
        if not _has_partition(connection, name):
            lock_retries(retry_seconds)(_make_partition, connection, submission_date)


def _has_partition(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute(_statement("has_partition"), {"partition": name}).fetchone()
    return row is not None and row[0]


def _make_partition(connection: psycopg.Connection, submission_date: date) -> None:
    with changing_schema(connection):
        # Again, as another process may have been faster while we waited for the lock.
        if not _has_partition(connection, partition_name(submission_date)):
            connection.execute(
                "SELECT crash_aggregates_make_partition(%(submission_date)s)",
                {"submission_date": submission_date},
            )
