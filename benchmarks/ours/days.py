"""Run one of our engines over a day, and note what each stage cost."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.sums import DAY, GROUP_COLUMNS, SUMS, Groups
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.interface import DayRequest, Engine
from crash_rate_aggregates.rows import CRASH_AGGREGATES
from crash_rate_aggregates.sources.stores.urls import open_store


class _Stages:
    """Hears of stages, and reads the CPU clock of this process and its ended children at each."""

    def __init__(self) -> None:
        self._begun = [("start", _cpu_seconds())]

    def begin_day(self, *_: object, **__: object) -> None:
        """Nothing to note."""

    def stage(self, name: str) -> None:
        """Note the clock."""
        self._begun.append((name, _cpu_seconds()))

    def advance(self, **_: object) -> None:
        """Nothing to note."""

    def tasks(self, *_: object, **__: object) -> None:
        """Nothing to note."""

    def note(self, *_: object, **__: object) -> None:
        """Nothing to note."""

    def seconds(self) -> dict[str, float]:
        """Return what each stage took until the next, or until now."""
        ends = [clock for _, clock in self._begun[1:]] + [_cpu_seconds()]
        return {name: end - clock for (name, clock), end in zip(self._begun, ends, strict=True)}


def compute(engine: Engine, folder: str, output: str) -> None:
    """Compute the day below a folder; leave its aggregates and the CPU seconds of each stage."""
    stages = _Stages()
    store = open_store(folder)
    request = DayRequest(DAY, DIMENSIONS, store, tuple(store.list_day(DAY)))
    with (
        engine.aggregate_day(request, stages) as result,
        pq.ParquetWriter(output, CRASH_AGGREGATES.schema) as writer,
    ):
        for batch in result.tables[CRASH_AGGREGATES]:
            writer.write_batch(batch)
    Path(f"{output}.json").write_text(json.dumps(stages.seconds()), encoding="utf-8")


def read_aggregates(path: Path) -> Groups:
    """Return what `compute` left, as `sums.read_groups` returns it."""
    table = pq.read_table(path)
    dimensions = map(json.loads, table["dimensions"].to_pylist())
    days = table["activity_date"].to_pylist()
    keys = (
        (str(day), *map(values.get, GROUP_COLUMNS[1:]))
        for day, values in zip(days, dimensions, strict=True)
    )
    sums = zip(*(table[name].to_pylist() for name in SUMS), strict=True)
    return dict(zip(keys, sums, strict=True))


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
