"""CPU of each format against the same pings as gzip NDJSON: read, decompress, decode, judge.

    python -m benchmarks.formats [--pings 400] [--rounds 9]

Each round reads every format once, so that what else the machine does meets all alike; the median
of the rounds' ratios is shown. Every format but Heka and base64 should stay below 1.25.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from statistics import median
from typing import Any

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.kernel import Kernel
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.sources.files import read_pings
from crash_rate_aggregates.sources.interface import StoredFile
from test.dataset import DAY, WITH_DUMP, crash_ping, full_size_ping, json_text
from test.engines.made_days import with_values
from test.sources.mirrors.bigquery import bigquery_lines, crash_parquet, main_parquet
from test.sources.mirrors.glean import glean_parquet, glean_ping, glean_row, json_lines
from test.sources.mirrors.nested import nested
from test.sources.stored import MemoryStore, zstd_compress

Pings = Sequence[dict[str, Any]]
Writers = dict[str, tuple[str, Callable[[Pings], bytes]]]
_TARGET = 1.25


def _lines(pings: Pings) -> bytes:
    return b"".join(json_text(ping) + b"\n" for ping in pings)


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, 6)


def _glean_lines(pings: Pings) -> bytes:
    return json_lines(map(glean_row, pings))


MAIN: Writers = {
    "NDJSON gzip": ("pings.gz", lambda pings: _gzip(_lines(pings))),
    "NDJSON zstd": ("pings.zst", lambda pings: zstd_compress(_lines(pings))),
    "GCP-nested NDJSON gzip": ("nested.gz", lambda p: _gzip(json_lines(map(nested, p)))),
    "BigQuery main_v5 NDJSON gzip": ("main_v5.gz", lambda p: _gzip(bigquery_lines(p))),
    "BigQuery main_v5 Parquet": ("main_v5.parquet", main_parquet),
}
"""Of main pings: a file's name and what writes it. Others are set against the first."""
CRASH: Writers = {
    "NDJSON gzip": ("pings.gz", lambda pings: _gzip(_lines(pings))),
    "BigQuery crash_v4 NDJSON gzip": ("crash_v4.gz", lambda p: _gzip(bigquery_lines(p))),
    "BigQuery crash_v4 Parquet": ("crash_v4.parquet", crash_parquet),
}
"""Of crash pings likewise."""
GLEAN: Writers = {
    "Glean NDJSON gzip": ("glean.gz", lambda p: _gzip(json_lines(map(glean_ping, p)))),
    "BigQuery crash_v1 NDJSON gzip": (
        "crash_v1.gz",
        lambda p: _gzip(json_lines(map(glean_row, p))),
    ),
    "BigQuery crash_v1 Parquet": ("crash_v1.parquet", lambda p: glean_parquet(map(glean_row, p))),
}
"""Of Glean crash pings likewise."""


def main_pings(count: int, *, is_small: bool) -> Pings:
    """Make main pings of about 50 KB, or 3 KB, that differ in ids, lengths and counts."""
    sound = full_size_ping()
    if is_small:
        sound["payload"]["histograms"] = dict(list(sound["payload"]["histograms"].items())[:8])
        sound["environment"]["addons"]["activeAddons"] = {}
    return [
        with_values(
            deepcopy(sound),
            {
                "meta/documentId": f"0a1b2c3d-4e5f-4000-8000-{number:012x}",
                "payload/info/subsessionLength": number,
                f"{WITH_DUMP}/content/sum": number % 7,
            },
        )
        for number in range(count)
    ]


def crash_pings(count: int) -> Pings:
    """Make crash pings that differ in their ids."""
    return [
        crash_ping(**{"meta/documentId": f"0a1b2c3d-4e5f-4000-8000-{number:012x}",
                      "meta/submissionDate": "20160314", "meta/geoCountry": "DE",
                      "environment/system/os": {"name": "Windows_NT", "version": "10.0"},
                      "payload/stackTraces": {"modules": [{"filename": "xul.dll"}] * 50}})
        for number in range(count)
    ]  # fmt: skip


def cpu_seconds(store: MemoryStore, name: str, pings: int) -> float:
    """Return what it costs to read and judge a file."""
    kernel = Kernel(Judge(DAY, DIMENSIONS))
    start = time.process_time()
    for batch in read_pings(store, StoredFile(name, len(store.contents[name])), DIMENSIONS):
        kernel.judge(batch)
    kernel.take_rows()
    seconds = time.process_time() - start
    if kernel.counts.passed.total() != pings:
        raise AssertionError(f"{name}: {kernel.counts}")
    return seconds


def measure(title: str, writers: Writers, pings: Pings, rounds: int) -> None:
    """Print a table of one sort of pings."""
    store = MemoryStore({name: write(pings) for name, write in writers.values()}, 1 << 18)
    seconds: dict[str, list[float]] = {name: [] for name in writers}
    for _ in range(rounds + 1):
        for form, (name, _) in writers.items():
            seconds[form].append(cpu_seconds(store, name, len(pings)))
    first = next(iter(seconds.values()))
    sys.stdout.write(f"{title}: {len(pings)} pings\n")
    for form, found in seconds.items():
        ratio = median(b / a for a, b in zip(first[1:], found[1:], strict=True))
        each = median(found[1:]) / len(pings) * 1e6
        mark = "" if ratio < _TARGET else "  over the target"
        sys.stdout.write(f"  {form:32}{each:8.1f} µs a ping {ratio:6.2f}{mark}\n")


def main() -> None:
    """Measure all formats."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pings", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    count, rounds = arguments.pings, arguments.rounds
    measure("main pings of 50 KB", MAIN, main_pings(count, is_small=False), rounds)
    measure("main pings of 3 KB", MAIN, main_pings(10 * count, is_small=True), rounds)
    measure("v4 crash pings", CRASH, crash_pings(10 * count), rounds)
    measure("Glean crash pings", GLEAN, crash_pings(10 * count), rounds)


if __name__ == "__main__":
    main()
