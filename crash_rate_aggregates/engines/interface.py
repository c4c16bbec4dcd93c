"""The seam between the job and an engine: a day's request in, its tables and ledger out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from secrets import token_bytes
from typing import Protocol

import pyarrow as pa

from crash_rate_aggregates.applications import KNOWN_APPLICATIONS, Application
from crash_rate_aggregates.day_tables import DAY_TABLES, DayTable, KnownLabel
from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.ledger import DamagedFile, Ledger
from crash_rate_aggregates.sources.interface import Store, StoredFile

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class DayRequest:
    """What an engine is to compute."""

    submission_date: date
    dimensions: tuple[Dimension, ...]
    store: Store
    files: tuple[StoredFile, ...]
    tables: tuple[DayTable, ...] = DAY_TABLES
    """What the day is to fill."""
    applications: tuple[Application, ...] = KNOWN_APPLICATIONS
    """By whose names pings are known."""
    counts_automation: bool = False
    """Whether pings of Mozilla's automation count."""
    labels: tuple[KnownLabel, ...] = ()
    """What people call builds, as far as that was learned before."""
    client_key: bytes = field(default_factory=lambda: token_bytes(_KEY_BYTES), repr=False)
    """By which clients are told apart: of this run alone, kept nowhere and shown nowhere."""
    allow_damaged: bool = False
    """Count the pings before the damage of a file instead of failing."""


@dataclass(frozen=True, slots=True)
class DayResult:
    """A complete and balanced day."""

    tables: Mapping[DayTable, Iterator[pa.RecordBatch]]
    """The rows of each table of the request in batches by its schema; to be read once, one table
    after the other, while the engine's context is open."""
    ledger: Ledger
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
