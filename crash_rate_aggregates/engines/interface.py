"""The seam between the job and an engine: a day's request in, its aggregates and ledger out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import pyarrow as pa

from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.outcomes import LedgerLine
from crash_rate_aggregates.sources.interface import Store, StoredFile


@dataclass(frozen=True, slots=True)
class DayRequest:
    """What an engine is to compute."""

    submission_date: date
    dimensions: tuple[Dimension, ...]
    store: Store
    files: tuple[StoredFile, ...]
    allow_damaged: bool = False
    """Count the pings before the damage of a file instead of failing."""


@dataclass(frozen=True, slots=True, order=True)
class DamagedFile:
    """A file that broke off or did not decompress."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class DayResult:
    """A complete and balanced day."""

    aggregates: Iterator[pa.RecordBatch]
    """Batches by `AGGREGATE_SCHEMA`; to be read once, while the engine's context is open."""
    ledger: tuple[LedgerLine, ...]
    pings_read: int
    """As the source counted them."""
    damaged: tuple[DamagedFile, ...] = field(default=())


class Progress(Protocol):
    """Hears how far a day is."""

    def begin_day(self, day: date, *, files: int, stored_bytes: int) -> None:
        """A day has begun; so much is to be judged."""
        ...

    def stage(self, name: str) -> None:
        """A stage has begun."""
        ...

    def advance(self, *, files: int, stored_bytes: int, pings: int) -> None:
        """So much more has been judged."""
        ...

    def tasks(self, *, done: int, of: int) -> None:
        """So many tasks of all are done, where an engine plans the day in tasks."""
        ...

    def note(self, text: str) -> None:
        """Something that a person should see once, like an address."""
        ...


class Engine(Protocol):
    """Computes days."""

    name: str

    def aggregate_day(
        self, request: DayRequest, progress: Progress
    ) -> AbstractContextManager[DayResult]:
        """Compute one day; leaving the context frees what the engine held for it.

        Raises:
            SourceError, EngineError: Nothing was computed.
        """
        ...

    def close(self) -> None:
        """Free what the engine holds between days."""
        ...


def files_bytes(files: Sequence[StoredFile]) -> int:
    """Return the stored bytes of the files."""
    return sum(file.size for file in files)
