"""What a run hands over to the database, and what is recorded of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.ledger import DamagedFile, Ledger
from crash_rate_aggregates.normalize.release_list import Release
from crash_rate_aggregates.outcomes import RULES_VERSION
from crash_rate_aggregates.rows import DayTable

RUN_TABLES = (
    "crash_aggregates_runs",
    "crash_aggregates_run_totals",
    "crash_aggregates_ledger",
    "crash_aggregates_carried",
    "crash_aggregates_damaged_files",
)
"""What is recorded of runs. A run adds its rows, and nobody changes those of another."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """How a submission date was computed."""

    started_at: datetime
    """When the run began, aware."""
    seconds: float
    """From then until the aggregates were ready to be stored."""
    program_version: str
    """Version of crash-rate-aggregates."""
    engine: str
    """What deduplicated and grouped, like `embedded`."""
    pings_source: str
    """Folder, pattern or URL, without secrets."""
    dimensions: tuple[Dimension, ...]
    """Those of the aggregates, in order; descriptions are not stored."""
    pings_read: int
    """Pings in the files, whatever became of them."""
    bytes_read: int
    """Size of the files as stored."""
    files_read: int
    """Files of the day."""
    rules_version: int = RULES_VERSION
    """Of the rules by which the pings were judged."""


@dataclass(frozen=True, slots=True)
class DayToStore:
    """One submission date, complete and ready to be stored."""

    submission_date: date
    """The day that is replaced, UTC."""
    tables: Mapping[DayTable, Iterable[pa.RecordBatch]]
    """Batches of the rows of each, by its schema; iterated once, one table after the other, and
    none is held."""
    ledger: Ledger
    """What became of each ping."""
    damaged: tuple[DamagedFile, ...]
    """Files that were read only up to their damage."""
    facts: RunFacts
    """How it was computed."""
    releases: tuple[Release, ...] = ()
    """Of lists of releases: names of builds that no ping tells."""


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """One run of a submission date: at first its rows are those in the tables."""

    run_id: int
    """Greater than that of every earlier run of the day; key of its ledger."""
    submission_date: date
    """The day."""
    facts: RunFacts
    """As they were handed over."""
    finished_at: datetime
    """Just before the commit, by the clock of the database."""
    aggregates: int
    """Rows that it stored in `crash_aggregates`."""


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """All that is recorded of a stored submission date: its run, and what became of every ping."""

    run: RecordedRun
    """The run whose rows the tables hold."""
    ledger: Ledger
    damaged: tuple[DamagedFile, ...]
    """Sorted."""
