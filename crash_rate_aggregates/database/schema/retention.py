"""Drop old months: the partition, and what all other tables hold of its days and runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.lock_retries import (
    RETRY_SECONDS,
    changing_schema,
    lock_retries,
)
from crash_rate_aggregates.database.access.locks import lock_days
from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.assessments.assessment_rows import ASSESSMENTS
from crash_rate_aggregates.database.days.delete_days import delete_days
from crash_rate_aggregates.database.schema.partitions import UNDIVIDED_TABLES

_statement = statements_beside(__name__)


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the table."""

    partition: str
    """Its table."""
    first: date
    """First submission date that it can hold."""
    last: date
    """Last submission date that it can hold."""
    days: int
    """Submission dates stored."""
    aggregates: int
    """Rows of these days."""
    stored_bytes: int
    """Size on disk, with indexes."""


def stored_months(connection: psycopg.Connection) -> list[Month]:
    """Return the months of the table, the earliest first.

    Raises:
        DatabaseError: There are no tables yet.
    """
    with reading(connection, "the months of the table could not be read") as cursor:
        return [Month(*row) for row in cursor.execute(_statement("stored_months"))]


def expired_months(months: Iterable[Month], *, keep_weeks: int, today: date) -> list[Month]:
    """Return the months of which not even the last day is to be kept.

    Args:
        months: Those of the table.
        keep_weeks: So many weeks before today stay, and the rest of the month they begin in.
        today: The current date in UTC.
    """
    first_kept = today - timedelta(weeks=keep_weeks)
    return [month for month in months if month.last < first_kept]


def drop_month(
    connection: psycopg.Connection, month: Month, *, retry_seconds: float = RETRY_SECONDS
) -> None:
    """Drop the month in one short transaction: nobody sees half of it.

    Args:
        connection: From `connect`, as the owner of the tables, outside any transaction.
        month: From `stored_months`.
        retry_seconds: How long to try again while a reader holds a lock on the table.

    Raises:
        LockTimeoutError: A reader kept its lock; the month stays.
        DatabaseError: The role is not the owner of the tables, or the server refuses.
    """
    with rejections(f"{month.partition} was not dropped"):
        lock_retries(retry_seconds)(_drop_month, connection, month)


def _drop_month(connection: psycopg.Connection, month: Month) -> None:
    with changing_schema(connection):
        partition = sql.Identifier(month.partition)
        # First, or a day that commits between here and the DROP would leave a run, a ledger and
        # summaries without rows: what is deleted is what was there when the statement began.
        lock_days(connection, month.first, month.last)
        delete_days(connection, (*UNDIVIDED_TABLES, ASSESSMENTS), month.first, month.last)
        connection.execute(_statement("delete_runs"), {"first": month.first, "last": month.last})
        # Last, as all who ask the table wait from here to the commit.
        connection.execute(sql.SQL("DROP TABLE {partition}").format(partition=partition))
