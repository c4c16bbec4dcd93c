"""What becomes of the pings of files in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.engines.kernel import Kernel, VerdictCounts
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.sources.reading import read_pings
from test.dataset import DAY
from test.sources.stored import MemoryStore


def judged_rows(
    contents: Mapping[str, bytes],
    dimensions: tuple[Dimension, ...] = DIMENSIONS,
    day: date = DAY,
    chunk_bytes: int = 1 << 18,
) -> tuple[VerdictCounts, list[dict[str, Any]]]:
    """Return the verdicts on files by name, and the rows of the pings that passed, in order."""
    kernel, store = Kernel(Judge(day, dimensions), bytes(32)), MemoryStore(contents, chunk_bytes)
    for file in store.list_day(day):
        for batch in read_pings(store, file, dimensions):
            kernel.judge(batch)
    rows = kernel.take_rows().drop_columns(["ping"])  # Numbered as they come.
    return kernel.counts, rows.to_pylist()


def without(rows: Iterable[Mapping[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Return rows without some columns."""
    return [{name: row[name] for name in row if name not in names} for row in rows]


def summed(rows: Iterable[Mapping[str, Any]], *names: str) -> Counter[str]:
    """Return the sums of some stats."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums.update({name: row[name] for name in names})
    return sums
