"""What a ping costs in each format: python -m benchmarks.formats [--pings N] [--rounds N].

The same main pings of about 50 KB, with other ids, are written in every format, read and judged in
one process. Times are CPU time, of the fastest round.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.kernel import Kernel
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.sources.files import read_pings
from crash_rate_aggregates.sources.interface import PingBatch, StoredFile
from test.dataset import DAY, full_size_ping, json_text
from test.sources.mirrors.gcp_files import write_gcp_files
from test.sources.mirrors.heka import HekaLayout, write_heka
from test.sources.mirrors.mozlz4 import mozlz4
from test.sources.stored import MemoryStore

Pings = Sequence[Mapping[str, Any]]
Writer = Callable[[Pings], Sequence[bytes]]


def _lines(pings: Pings) -> bytes:
    return b"".join(json_text(ping) + b"\n" for ping in pings)


def _heka(pings: Pings, layout: HekaLayout, packing: str) -> bytes:
    return write_heka(pings, day=DAY, layout=layout, packing=packing)


WRITERS: Mapping[str, Writer] = {
    "JSON lines": lambda pings: [_lines(pings)],
    "JSON lines, gzip": lambda pings: [gzip.compress(_lines(pings))],
    "Heka 2016, snappy a record": lambda pings: [_heka(pings, HekaLayout.GO, "snappy")],
    "Heka 2017, plain records": lambda pings: [_heka(pings, HekaLayout.HINDSIGHT, "plain")],
    "Heka 2017, whole file gzip": lambda pings: [
        gzip.compress(_heka(pings, HekaLayout.HINDSIGHT, "plain"))
    ],
    "gcp-ingestion, payload gzip": lambda pings: [write_gcp_files(pings)],
    "gcp-ingestion, payload plain, file gzip": lambda pings: [
        gzip.compress(write_gcp_files(pings, pack=bytes))
    ],
    "mozLz4, a file a ping": lambda pings: [mozlz4(json_text(ping)) for ping in pings],
}
"""From pings to the contents of files. A new format is one more line here."""


class Cost(NamedTuple):
    """What the pings of one format cost."""

    stored_bytes: float
    read_seconds: float
    judge_seconds: float

    def row(self, name: str, pings: int, reference: Cost) -> str:
        """Write a line of the table, a ping at a time."""
        total, of_reference = (cost.read_seconds + cost.judge_seconds for cost in (self, reference))
        cells = (
            name,
            f"{self.stored_bytes / pings / 1000:.1f}",
            f"{self.read_seconds / pings * 1e6:.0f}",
            f"{self.judge_seconds / pings * 1e6:.0f}",
            f"{total / pings * 1e6:.0f}",
            f"{total / of_reference:.2f}",
        )
        return f"| {' | '.join(cells)} |"


def measure(files: Sequence[bytes], pings: int, rounds: int) -> Cost:
    """Read and judge files some times, and return the fastest times."""
    store = MemoryStore({str(number): content for number, content in enumerate(files)}, 1 << 18)
    stored = store.list_day(DAY)
    times = [_one_round(store, stored, pings) for _ in range(rounds)]
    reading, judging = (min(each) for each in zip(*times, strict=True))
    return Cost(sum(map(len, files)), reading, judging)


def _one_round(store: MemoryStore, stored: Sequence[StoredFile], pings: int) -> tuple[float, float]:
    kernel = Kernel(Judge(DAY, DIMENSIONS))
    began = time.process_time()
    batches: list[PingBatch] = []
    for file in stored:
        batches += read_pings(store, file, DIMENSIONS)
    read = time.process_time()
    for batch in batches:
        kernel.judge(batch)
    done = time.process_time()
    if kernel.counts.passed.total() != pings:
        raise SystemExit(f"{kernel.counts.passed.total()} of {pings} pings passed")
    return read - began, done - read


def table(pings: int, rounds: int) -> str:
    """Return the table as Markdown."""
    made = [full_size_ping() | {"id": str(UUID(int=number + 1))} for number in range(pings)]
    costs = {name: measure(write(made), pings, rounds) for name, write in WRITERS.items()}
    row = partial(Cost.row, pings=pings, reference=costs["JSON lines, gzip"])
    head = ("format", "stored KB", "read µs", "judge µs", "all µs", "to JSON lines, gzip")
    lines = [f"| {' | '.join(head)} |", "|---" + "|---:" * (len(head) - 1) + "|"]
    lines += [row(cost, name) for name, cost in costs.items()]
    size = len(json_text(made[0])) / 1000
    about = f"{pings:,} pings of {size:.1f} KB JSON, CPU time a ping, Python"
    about += f" {platform.python_version()}, {os.cpu_count()} cores"
    return "\n".join([about, "", *lines, ""])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure what a ping costs in each format.")
    parser.add_argument("--pings", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    sys.stdout.write(table(arguments.pings, arguments.rounds))


if __name__ == "__main__":
    main()
