"""What became of every ping of a stored submission date."""

from __future__ import annotations

from datetime import date

import psycopg

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.days.recent_days import recent_days
from crash_rate_aggregates.database.days.recorded_runs import not_stored, stored_runs
from crash_rate_aggregates.database.days.runs import RecordedDay


def stored_ledger(
    connection: psycopg.Connection, submission_date: date | None = None
) -> RecordedDay:
    """Return what became of every ping of a submission date, or of the latest one stored.

    Raises:
        DayNotStoredError: With the days there are.
    """
    with reading(connection, "the ledger could not be read") as cursor:
        runs = stored_runs(cursor, submission_date)
        # One for each day, in order: without a date the latest is asked for.
        asked = runs[-1].submission_date if runs else submission_date
        days = recent_days(connection, asked, asked) if asked else ()
        if not days or days[0].recorded is None:
            raise not_stored(cursor, asked)
        return days[0].recorded
