"""What a run hands over to the database, and what the database says it stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.outcomes import RULES_VERSION, LedgerLine


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
    aggregates: Iterable[pa.RecordBatch]
    """Batches of `rows.AGGREGATE_SCHEMA`; iterated once, none is held."""
    ledger: Sequence[LedgerLine]
    """What became of each ping; no two lines of the same doc type, kind and name."""
    damaged_files: Sequence[tuple[str, str]]
    """File and reason of each that was read only up to its damage."""
    facts: RunFacts
    """How it was computed."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """What `replace_day` did."""

    run_id: int
    """Greater than that of every earlier run of the day."""
    aggregates: int
    """Rows now in the table for the day."""
    replaced: int
    """Rows of the day that went."""


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """The run whose rows the table holds for a submission date."""

    run_id: int
    """Key of its ledger."""
    submission_date: date
    """The day."""
    facts: RunFacts
    """As it was handed over."""
    finished_at: datetime
    """Just before the commit, by the clock of the database."""
    aggregates: int
    """Rows of the day."""


@dataclass(frozen=True, slots=True)
class StoredLedger:
    """What became of every ping of a stored submission date."""

    run: RecordedRun
    """The run that read them."""
    lines: tuple[LedgerLine, ...]
    """Sorted by doc type, kind and name."""
    damaged_files: tuple[tuple[str, str], ...]
    """File and reason, sorted."""
