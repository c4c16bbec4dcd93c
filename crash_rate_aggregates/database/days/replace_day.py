"""Replace one submission date: rows, run, ledger and summaries, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from crash_rate_aggregates.database.access.locks import changing_day
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.days.balance import check_balance, sums_of
from crash_rate_aggregates.database.days.copy_text import columns_of, copy_text
from crash_rate_aggregates.database.days.delete_days import delete_days
from crash_rate_aggregates.database.days.releases import learn_releases
from crash_rate_aggregates.database.days.runs import DayToStore, RecordedRun
from crash_rate_aggregates.database.days.summaries import summarize_day
from crash_rate_aggregates.ledger import DamagedFile, Ledger, RowSums
from crash_rate_aggregates.rows import CRASH_AGGREGATES, DayTable
from crash_rate_aggregates.sql_text import storable
from crash_rate_aggregates.stats import STAT_NAMES

_statement = statements_beside(__name__)


def replace_day(connection: psycopg.Connection, day: DayToStore) -> RecordedRun:
    """Store the day in place of what the tables hold for its submission date.

    Readers see the old day until the commit and the new one after it. Whatever goes wrong before,
    the old day stays. Runs of the same day wait for each other; the last to commit wins.

    Args:
        connection: From `connect`, outside any transaction; the day's partition is there.
        day: Its batches are read once, one at a time.

    Returns:
        The run as it is recorded now.

    Raises:
        LedgerImbalanceError: The rows are not what the ledger says.
        DatabaseError: PostgreSQL refuses, is full or is gone.
    """
    submission_date = day.submission_date
    with (
        rejections(f"{submission_date} was not replaced"),
        changing_day(connection, submission_date),
    ):
        # Before the new rows are there: a row says of which day it is, not of which run.
        names = (table.name for table in day.tables)
        delete_days(connection, names, submission_date, submission_date)
        rows = {table: _copy_rows(connection, table, day) for table in day.tables}
        # After the rows, whose number it records; before what refers to it.
        run = _insert_run(connection, day, rows[CRASH_AGGREGATES])
        _insert_ledger(connection, run.run_id, day.ledger)
        _insert_carried(connection, run.run_id, day.ledger)
        _insert_damaged_files(connection, run.run_id, day.damaged)
        _close_attempts(connection, day)
        # After these, as it reads the rows and the run.
        summarize_day(connection, submission_date, run.run_id)
        # Last, as it reads a summary, and as other days wait for it.
        learn_releases(connection, submission_date, day.releases)
    return run


def _copy_rows(connection: psycopg.Connection, table: DayTable, day: DayToStore) -> int:
    """Stream the batches into the table and return how many rows they were, balanced."""
    copy_rows = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(
        table=sql.Identifier(table.name),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns_of(table))),
    )
    sent = RowSums()
    with connection.cursor() as cursor:
        with cursor.copy(copy_rows) as copy:
            for batch in day.tables[table]:
                # Engines may mark other columns as nullable; a NULL in one is refused here.
                rows = batch.cast(table.schema)
                sent += sums_of(table, rows)
                for piece in copy_text(table, rows, day.submission_date):
                    copy.write(piece)
        # Only now does the server say how many rows it took.
        check_balance(day, table, sent, cursor.rowcount)
    return sent.rows


def _insert_run(connection: psycopg.Connection, day: DayToStore, aggregates: int) -> RecordedRun:
    run = day.facts
    values: dict[str, Any] = {
        "submission_date": day.submission_date,
        "started_at": run.started_at,
        "seconds": run.seconds,
        "program_version": run.program_version,
        "engine": run.engine,
        "pings_source": storable(run.pings_source),
        "dimensions": Jsonb([{"name": one.name, "path": one.path} for one in run.dimensions]),
        "pings_read": run.pings_read,
        "bytes_read": run.bytes_read,
        "files_read": run.files_read,
        "aggregates": aggregates,
        "rules_version": run.rules_version,
        "stats": Jsonb(STAT_NAMES),
    }
    row = connection.execute(_statement("insert_run"), values).fetchone()
    if row is None:
        raise psycopg.DataError("the run was recorded without a number")
    run_id, finished_at = row
    return RecordedRun(run_id, day.submission_date, run, finished_at, aggregates)


def _insert_ledger(connection: psycopg.Connection, run_id: int, ledger: Ledger) -> None:
    lines = ledger.lines
    connection.execute(
        _statement("insert_ledger"),
        {
            "run_id": run_id,
            "doc_types": [line.doc_type for line in lines],
            "kinds": [line.kind for line in lines],
            "names": [line.name for line in lines],
            "pings": [line.pings for line in lines],
        },
    )


def _insert_carried(connection: psycopg.Connection, run_id: int, ledger: Ledger) -> None:
    lines = ledger.carried
    connection.execute(
        _statement("insert_carried"),
        {
            "run_id": run_id,
            "applications": [line.application for line in lines],
            "doc_types": [line.doc_type for line in lines],
            "dimensions": [line.dimension for line in lines],
            "pings": [line.pings for line in lines],
        },
    )


def _insert_damaged_files(
    connection: psycopg.Connection, run_id: int, damaged: Iterable[DamagedFile]
) -> None:
    files = sorted(damaged)
    connection.execute(
        "INSERT INTO crash_aggregates_damaged_files (run_id, file, reason) "
        "SELECT %(run_id)s, one.* FROM unnest(%(files)s::text[], %(reasons)s::text[]) AS one",
        {
            "run_id": run_id,
            "files": [storable(one.file) for one in files],
            "reasons": [storable(one.reason) for one in files],
        },
    )


def _close_attempts(connection: psycopg.Connection, day: DayToStore) -> None:
    """Forget that the run began: with the commit it is done."""
    # An attempt that began later stays open until it commits itself.
    connection.execute(
        "DELETE FROM crash_aggregates_open_attempts "
        "WHERE submission_date = %(submission_date)s AND started_at <= %(started_at)s",
        {"submission_date": day.submission_date, "started_at": day.facts.started_at},
    )
