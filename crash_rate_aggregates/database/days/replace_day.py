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
from crash_rate_aggregates.database.access.storable_text import storable
from crash_rate_aggregates.database.days.balance import StoredSums, check_balance
from crash_rate_aggregates.database.days.copy_text import COLUMNS, copy_text
from crash_rate_aggregates.database.days.runs import DayToStore, StoredRun
from crash_rate_aggregates.database.days.summaries import summarize_day
from crash_rate_aggregates.outcomes import LedgerLine
from crash_rate_aggregates.rows import AGGREGATE_SCHEMA
from crash_rate_aggregates.stats import STAT_NAMES

_statement = statements_beside(__name__)


def replace_day(connection: psycopg.Connection, day: DayToStore) -> StoredRun:
    """Store the day in place of what the table holds for its submission date.

    Readers see the old day until the commit and the new one after it. Whatever goes wrong before,
    the old day stays. Runs of the same day wait for each other; the last to commit wins.

    Args:
        connection: From `connect`, outside any transaction; the day's partition is there.
        day: Its batches are read once, one at a time.

    Raises:
        LedgerImbalanceError: The rows are not what the ledger says.
        DatabaseError: PostgreSQL refuses, is full or is gone.
    """
    submission_date = day.submission_date
    with (
        rejections(f"{submission_date} was not replaced"),
        changing_day(connection, submission_date),
    ):
        deleted = connection.execute(
            "DELETE FROM crash_aggregates WHERE submission_date = %(submission_date)s",
            {"submission_date": submission_date},
        ).rowcount
        stored = _copy_aggregates(connection, day)
        run_id = _insert_run(connection, day, stored)
        _insert_ledger(connection, run_id, day.ledger)
        _insert_damaged_files(connection, run_id, day.damaged_files)
        # An attempt that began later stays open until it commits itself.
        connection.execute(
            "DELETE FROM crash_aggregates_open_attempts "
            "WHERE submission_date = %(submission_date)s AND started_at <= %(started_at)s",
            {"submission_date": submission_date, "started_at": day.facts.started_at},
        )
        summarize_day(connection, submission_date, run_id)
    return StoredRun(run_id, stored, deleted)


def _copy_aggregates(connection: psycopg.Connection, day: DayToStore) -> int:
    """Stream the batches into the table and return how many rows they were, balanced."""
    columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    sums = StoredSums()
    with connection.cursor() as cursor:
        with cursor.copy(
            sql.SQL("COPY crash_aggregates ({columns}) FROM STDIN").format(columns=columns)
        ) as copy:
            for batch in day.aggregates:
                # Engines may mark other columns as nullable; a NULL in one is refused here.
                aggregates = batch.cast(AGGREGATE_SCHEMA)
                sums.add(aggregates)
                for piece in copy_text(aggregates, day.submission_date):
                    copy.write(piece)
        check_balance(day, sums, cursor.rowcount)
    return sums.rows


def _insert_run(connection: psycopg.Connection, day: DayToStore, aggregates: int) -> int:
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
    return int(row[0])


def _insert_ledger(
    connection: psycopg.Connection, run_id: int, ledger: Iterable[LedgerLine]
) -> None:
    lines = list(ledger)
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


def _insert_damaged_files(
    connection: psycopg.Connection, run_id: int, damaged_files: Iterable[tuple[str, str]]
) -> None:
    damaged = sorted(damaged_files)
    connection.execute(
        "INSERT INTO crash_aggregates_damaged_files (run_id, file, reason) "
        "SELECT %(run_id)s, one.* FROM unnest(%(files)s::text[], %(reasons)s::text[]) AS one",
        {
            "run_id": run_id,
            "files": [storable(file) for file, _ in damaged],
            "reasons": [storable(reason) for _, reason in damaged],
        },
    )
