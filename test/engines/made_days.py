"""Days of pings for the tests of engine, job and command line: small, and all fields in sight."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.engines.interface import DayRequest
from crash_rate_aggregates.rows import CRASH_AGGREGATES, DayTable
from crash_rate_aggregates.sample_pings.world_2016.world_of_2016 import World2016
from crash_rate_aggregates.sample_pings.writer import write_sample_pings
from crash_rate_aggregates.sources.stores.urls import open_store

DAY = date(2016, 3, 14)


def with_values(ping: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Set values at paths like `application/channel` and return the ping."""
    for path, value in values.items():
        *parents, last = path.split("/")
        place = ping
        for key in parents:
            place = place.setdefault(key, {})
        place[last] = value
    return ping


def main_ping(**values: Any) -> dict[str, Any]:
    """Make a main ping of `DAY`: a nightly on Linux, an hour, no id; values by their path."""
    ping = {
        "type": "main",
        "creationDate": "2016-03-14T10:00:00.000Z",
        "application": {"channel": "nightly", "name": "Firefox"},
        "environment": {"build": {"version": "48.0a1", "buildId": "20160313030418"}},
        "payload": {"info": {"subsessionLength": 3600, "subsessionStartDate": "2016-03-14"}},
        "meta": {"docType": "main"},
    }
    return with_values(ping, values)


def crash_ping(**values: Any) -> dict[str, Any]:
    """Make a crash ping of the main process with the dimensions of `main_ping`."""
    ping = main_ping(**{"type": "crash", "meta/docType": "crash"})
    ping["payload"] = {"crashDate": "2016-03-14"}
    return with_values(ping, values)


def lines(pings: Iterable[Mapping[str, Any] | bytes]) -> bytes:
    """Write pings one a line; bytes are lines as they are."""
    texts = (ping if isinstance(ping, bytes) else json.dumps(ping).encode() for ping in pings)
    return b"".join(text + b"\n" for text in texts)


def day_folder(root: Path, day: date = DAY) -> Path:
    """Make the folder of a submission date."""
    folder = root / f"submission_date={day.isoformat()}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_day(root: Path, files: Mapping[str, bytes], day: date = DAY) -> Path:
    """Write a day's files and return the root; names that end in .gz are compressed."""
    folder = day_folder(root, day)
    for name, content in files.items():
        stored = gzip.compress(content, 1) if name.endswith(".gz") else content
        (folder / name).write_bytes(stored)
    return root


def write_sample_day(root: Path, *, pings: int, seed: int) -> None:
    """Write sample pings of the world of 2016, dirty ones among them, all of `DAY`."""
    write_sample_pings(
        root,
        min_submission_date=DAY,
        max_submission_date=DAY,
        world=World2016(pings, seed),
        jobs=2,
    )


def day_request(
    root: Path,
    dimensions: tuple[Dimension, ...] = DIMENSIONS,
    *,
    allow_damaged: bool = False,
    day: date = DAY,
    tables: tuple[DayTable, ...] = (CRASH_AGGREGATES,),
) -> DayRequest:
    """Ask for a day that lies below a folder.

    For one table, unless more are wanted: on Spark each takes seconds to plan.
    """
    store = open_store(str(root))
    files = tuple(store.list_day(day))
    return DayRequest(day, dimensions, store, files, tables, allow_damaged=allow_damaged)


GROUPS = DayTable(
    name="made_up_groups",
    schema=pa.schema(
        [
            pa.field("doc_type", pa.string(), nullable=False),
            pa.field("adjustments", pa.int32(), nullable=False),
            pa.field("process_type", pa.string()),
            pa.field("application", pa.string()),
            pa.field("carried", pa.string(), nullable=False),
            pa.field("pings", pa.int64(), nullable=False),
        ]
    ),
    statement="counted",
)
"""A second table of a day that nobody needs: it shows what one more takes."""


@dataclass(slots=True)
class HeardProgress:
    """Keeps what it was told."""

    files: int = 0
    pings: int = 0
    stored_bytes: int = 0
    last_tasks: tuple[int, int] | None = None
    """Done, of how many."""
    notes: list[str] = field(default_factory=list)

    def begin_day(self, day: date, *, files: int, stored_bytes: int) -> None:
        """Hear nothing: the sums say enough."""

    def stage(self, name: str) -> None:
        """Hear nothing: the sums say enough."""

    def tasks(self, *, done: int, of: int) -> None:
        """Keep the last ones."""
        self.last_tasks = (done, of)

    def note(self, text: str) -> None:
        """Keep it."""
        self.notes.append(text)

    def advance(self, *, files: int, stored_bytes: int, pings: int) -> None:
        """Add up."""
        self.files += files
        self.stored_bytes += stored_bytes
        self.pings += pings


@dataclass(slots=True)
class Interposed(HeardProgress):
    """Does something when a stage begins."""

    stages: dict[str, Callable[[], None]] = field(default_factory=dict)

    def stage(self, name: str) -> None:
        """Do what is to be done at this stage."""
        self.stages.get(name, lambda: None)()
