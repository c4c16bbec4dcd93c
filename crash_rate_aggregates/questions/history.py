"""The history of a submission date: every run, what it stored, and what changed between two."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import psycopg

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.days.recorded_runs import all_runs, not_stored
from crash_rate_aggregates.database.days.runs import RecordedRun
from crash_rate_aggregates.questions.catalog import command_query
from crash_rate_aggregates.questions.statement import answered


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
        of_day = {"submission_date": submission_date}
        changed = dict(answered(cursor, command_query("restated_runs"), of_day).rows)
        totals: defaultdict[int, list[ChannelTotals]] = defaultdict(list)
        for record in answered(cursor, command_query("run_totals"), of_day).records():
            totals[record.pop("run_id")].append(ChannelTotals(**record))
        # Each statement sees its own moment: a run may have committed since the first of them.
        return [PastRun(run, changed.get(run.run_id), tuple(totals[run.run_id])) for run in runs]
