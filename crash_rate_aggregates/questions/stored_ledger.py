"""What became of every ping of a stored submission date."""

from __future__ import annotations

from datetime import date

import psycopg

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.days.recorded_runs import not_stored, stored_runs
from crash_rate_aggregates.database.days.runs import RecordedDay
from crash_rate_aggregates.ledger import DamagedFile, Ledger, LedgerLine
from crash_rate_aggregates.questions.catalog import command_query
from crash_rate_aggregates.questions.statement import answered


def stored_ledger(
    connection: psycopg.Connection, submission_date: date | None = None
) -> RecordedDay:
    """Return what became of every ping of a submission date, or of the latest one stored.

    Raises:
        DayNotStoredError: With the days there are.
    """
    with reading(connection, "the ledger could not be read") as cursor:
        runs = stored_runs(cursor, submission_date)
        if not runs:
            raise not_stored(cursor, submission_date)
        # One run for each day, in order: without a date that of the latest.
        run = runs[-1]
        of_run = {"run_id": run.run_id}
        lines = answered(cursor, command_query("ledger_lines"), of_run)
        damaged = answered(cursor, command_query("damaged_files"), of_run)
        return RecordedDay(
            run,
            Ledger(tuple(LedgerLine(**line) for line in lines.records())),
            tuple(DamagedFile(**one) for one in damaged.records()),
        )
