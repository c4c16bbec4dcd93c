"""Read back what was recorded about runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import psycopg

from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.days.runs import RecordedRun, RunFacts
from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.errors import DayNotStoredError

_statement = statements_beside(__name__)


def stored_runs(cursor: psycopg.Cursor, submission_date: date | None) -> list[RecordedRun]:
    """Return the run of each submission date whose rows are stored, or that of one date."""
    return _recorded_runs(cursor, "stored_runs", submission_date)


def all_runs(cursor: psycopg.Cursor, submission_date: date) -> list[RecordedRun]:
    """Return every run of the submission date, the first one first."""
    return _recorded_runs(cursor, "all_runs", submission_date)


def not_stored(cursor: psycopg.Cursor, submission_date: date | None) -> DayNotStoredError:
    """Return the error that says which days there are instead."""
    days = [run.submission_date for run in stored_runs(cursor, None)]
    if not days:
        return DayNotStoredError("no day is stored yet: fill one with `run`")
    return DayNotStoredError(
        f"{submission_date} is not stored: {_there_are(days)}; "
        f"fill it with `run --submission-date {submission_date}`"
    )


def check_stored(cursor: psycopg.Cursor, first: date | None, last: date | None) -> None:
    """Pass if a submission date from the first to the last is stored; None is no bound.

    Raises:
        DayNotStoredError: With the days there are.
    """
    days = [run.submission_date for run in stored_runs(cursor, None)]
    if not days:
        raise not_stored(cursor, None)
    if not any((first or day) <= day <= (last or day) for day in days):
        raise DayNotStoredError(
            f"no day from {first or days[0]} to {last or days[-1]} is stored: {_there_are(days)}"
        )


def _there_are(days: Sequence[date]) -> str:
    return f"there are {len(days):,} days from {days[0]} to {days[-1]}"


def _recorded_runs(
    cursor: psycopg.Cursor, name: str, submission_date: date | None
) -> list[RecordedRun]:
    cursor.execute(_statement(name), {"submission_date": submission_date})
    # By name: the views that are asked have more columns from version to version.
    names = [column.name for column in cursor.description or ()]
    return [recorded_run(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def recorded_run(row: Mapping[str, Any]) -> RecordedRun:
    """Return a run from its row in `crash_aggregates_runs`; further columns do not matter."""
    dimensions = tuple(Dimension(one["name"], tuple(one["path"])) for one in row["dimensions"])
    facts = RunFacts(
        started_at=row["started_at"],
        seconds=row["seconds"],
        program_version=row["program_version"],
        engine=row["engine"],
        pings_source=row["pings_source"],
        dimensions=dimensions,
        pings_read=row["pings_read"],
        bytes_read=row["bytes_read"],
        files_read=row["files_read"],
        rules_version=row["rules_version"],
    )
    return RecordedRun(
        run_id=row["run_id"],
        submission_date=row["submission_date"],
        facts=facts,
        finished_at=row["finished_at"],
        aggregates=row["aggregates"],
    )
