"""Record that a day's run began, so that one that never commits is known afterwards."""

from __future__ import annotations

from datetime import date, datetime

import psycopg

from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.sql_text import storable

_statement = statements_beside(__name__)


def begin_attempt(
    connection: psycopg.Connection, submission_date: date, started_at: datetime, version: str
) -> None:
    """Open an attempt; `replace_day` closes it in the transaction of the day.

    Args:
        connection: From `connect`.
        submission_date: The day that is to be replaced.
        started_at: When its run began, aware; the later of two attempts stays.
        version: Of crash-rate-aggregates.
    """
    # Committed at once, before the day is computed: what is killed later leaves this trace.
    with rejections(f"the run of {submission_date} could not be recorded"):
        connection.execute(
            _statement("begin_attempt"),
            {
                "submission_date": submission_date,
                "started_at": started_at,
                "program_version": version,
            },
        )


def fail_attempt(
    connection: psycopg.Connection, submission_date: date, started_at: datetime, error: str
) -> None:
    """Say why an attempt failed; nothing if a later one has begun or the day was stored since."""
    with rejections(f"the failure of {submission_date} could not be recorded"):
        connection.execute(
            _statement("fail_attempt"),
            {
                "submission_date": submission_date,
                "started_at": started_at,
                "error": storable(error),
            },
        )
