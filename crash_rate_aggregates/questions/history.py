"""The history of a submission date: every run, what it stored, and what changed between two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import psycopg

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.days.recorded_runs import all_runs, not_stored
from crash_rate_aggregates.database.days.runs import RecordedRun

_statement = statements_beside(__name__)


@dataclass(frozen=True, slots=True)
class ChannelTotals:
    """What a run stored for one channel."""

    channel: str | None
    """As the function `crash_channel` folds it; None where pings have none."""
    aggregates: int
    """Rows of the table."""
    main_crashes: int
    """Sum of the stat."""
    content_crashes: int
    """Sum of the stat."""
    usage_hours: float
    """Sum of the hours."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run of a submission date."""

    run: RecordedRun
    """How it was computed."""
    changed: str | None
    """Definitions that differ from the run before, empty if none does; None for the first run."""
    totals: tuple[ChannelTotals, ...]
    """By channel, most hours first; empty for replaced runs of versions that did not keep them."""


def day_history(connection: psycopg.Connection, submission_date: date) -> list[PastRun]:
    """Return every run of the submission date, the first one first.

    Raises:
        DayNotStoredError: There is none; with the days there are.
        DatabaseError: There are no tables yet.
    """
    with reading(connection, "the history could not be read") as cursor:
        runs = all_runs(cursor, submission_date)
        if not runs:
            raise not_stored(cursor, submission_date)
        day = {"submission_date": submission_date}
        changed = dict(
            cursor.execute(
                "SELECT run_id, changed FROM crash_aggregates_restated_runs "
                "WHERE submission_date = %(submission_date)s",
                day,
            ).fetchall()
        )
        totals = cursor.execute(_statement("run_totals"), day).fetchall()
        return [
            PastRun(
                run,
                changed.get(run.run_id),
                tuple(ChannelTotals(*row) for run_id, *row in totals if run_id == run.run_id),
            )
            for run in runs
        ]
