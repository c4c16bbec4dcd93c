"""CPU of each format against the same pings as gzip NDJSON: read, decompress, decode, judge.

    python -m benchmarks.formats [--pings 400] [--rounds 9]

Each round reads every format once, so that what else the machine does meets all alike; the median
of the rounds' ratios is shown. Every format but Heka and base64 should stay below 1.25.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from statistics import median
from typing import Any, TypeAlias

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.kernel import Kernel
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.sources.reading import read_pings
from test.dataset import DAY, WITH_DUMP, crash_ping, full_size_ping, json_text
from test.engines.made_days import with_values
from test.sources.mirrors.avro import crash_avro, glean_avro, main_avro
from test.sources.mirrors.bigquery import (
    bigquery_lines,
    bigquery_row,
    crash_parquet,
    main_parquet,
)
from test.sources.mirrors.gcp_files import write_gcp_files
from test.sources.mirrors.glean import glean_parquet, glean_ping, glean_row, json_lines
from test.sources.mirrors.heka import HekaLayout, write_heka
from test.sources.mirrors.json_arrays import json_array
from test.sources.mirrors.mozlz4 import mozlz4
from test.sources.mirrors.nested import nested
from test.sources.stored import MemoryStore, zstd_compress

Pings: TypeAlias = Sequence[dict[str, Any]]
Writers: TypeAlias = Mapping[str, tuple[str, Callable[[Pings], bytes | Sequence[bytes]]]]


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, 6)


def _lines(pings: Pings) -> bytes:
    return b"".join(json_text(ping) + b"\n" for ping in pings)


def _heka(layout: HekaLayout, packing: str, pings: Pings) -> bytes:
    return write_heka(pings, day=DAY, layout=layout, packing=packing)


_SNAPPY_2016 = partial(_heka, HekaLayout.GO, "snappy")
_PLAIN_2017 = partial(_heka, HekaLayout.HINDSIGHT, "plain")

MAIN: Writers = {
    "NDJSON gzip": ("pings.gz", lambda pings: _gzip(_lines(pings))),
    "NDJSON zstd": ("pings.zst", lambda pings: zstd_compress(_lines(pings))),
    "GCP-nested NDJSON gzip": ("nested.gz", lambda p: _gzip(json_lines(map(nested, p)))),
    "BigQuery main_v5 NDJSON gzip": ("main_v5.gz", lambda p: _gzip(bigquery_lines(p))),
    "BigQuery main_v5 JSON array gzip": (
        "array/main_v5.gz",
        lambda p: _gzip(json_array(map(bigquery_row, p))),
    ),
    "BigQuery main_v5 JSON array, pretty, gzip": (
        "pretty/main_v5.gz",
        lambda p: _gzip(json_array(map(bigquery_row, p), "pretty")),
    ),
    "BigQuery main_v5 Parquet": ("main_v5.parquet", main_parquet),
    "BigQuery main_v5 Avro": ("main_v5.avro", main_avro),
    "mozLz4, a file a ping": ("jsonlz4", lambda p: [mozlz4(json_text(ping)) for ping in p]),
    "Heka 2016, snappy a record": ("2016.heka", _SNAPPY_2016),
    "Heka 2017, plain records": ("2017.heka", _PLAIN_2017),
    "Heka 2017, whole file gzip": ("2017.heka.gz", lambda pings: _gzip(_PLAIN_2017(pings))),
    "gcp-ingestion, payload gzip": ("gcp", write_gcp_files),
    "gcp-ingestion, payload plain, file gzip": (
        "gcp.gz",
        lambda pings: _gzip(write_gcp_files(pings, pack=bytes)),
    ),
}
"""Of main pings: a file's name and what writes it. Others are set against the first."""
CRASH: Writers = {
    "NDJSON gzip": ("pings.gz", lambda pings: _gzip(_lines(pings))),
    "BigQuery crash_v4 NDJSON gzip": ("crash_v4.gz", lambda p: _gzip(bigquery_lines(p))),
    "BigQuery crash_v4 Parquet": ("crash_v4.parquet", crash_parquet),
    "BigQuery crash_v4 Avro": ("crash_v4.avro", crash_avro),
}
"""Of crash pings likewise."""
GLEAN: Writers = {
    "Glean NDJSON gzip": ("glean.gz", lambda p: _gzip(json_lines(map(glean_ping, p)))),
    "BigQuery crash_v1 NDJSON gzip": (
        "crash_v1.gz",
        lambda p: _gzip(json_lines(map(glean_row, p))),
    ),
    "BigQuery crash_v1 Parquet": ("crash_v1.parquet", lambda p: glean_parquet(map(glean_row, p))),
    "BigQuery crash_v1 Avro": ("crash_v1.avro", lambda p: glean_avro(map(glean_row, p))),
}
"""Of Glean crash pings likewise."""


def main_pings(count: int, *, is_small: bool) -> Pings:
    """Make main pings of about 50 KB, or 2 KB, that differ in ids, lengths and counts."""
    sound = full_size_ping()
    if is_small:
        sound["payload"]["histograms"] = dict(list(sound["payload"]["histograms"].items())[:8])
        sound["environment"]["addons"]["activeAddons"] = {}
    return [
        with_values(
            deepcopy(sound),
            {
                "meta/documentId": f"0a1b2c3d-4e5f-4000-8000-{number:012x}",
                "id": f"0a1b2c3d-4e5f-4000-8000-{number:012x}",
                "payload/info/subsessionLength": number,
                f"{WITH_DUMP}/content/sum": number % 7,
            },
        )
        for number in range(count)
    ]


def crash_pings(count: int) -> Pings:
    """Make crash pings that differ in their ids."""
    return [
        crash_ping(
            **{
                "meta/documentId": f"0a1b2c3d-4e5f-4000-8000-{number:012x}",
                "meta/submissionDate": "20160314",
                "meta/geoCountry": "DE",
                "environment/system/os": {"name": "Windows_NT", "version": "10.0"},
                "payload/stackTraces": {"modules": [{"filename": "xul.dll"}] * 50},
            }
        )
        for number in range(count)
    ]


def stored_format(name: str, content: bytes | Sequence[bytes]) -> MemoryStore:
    """Store what a format wrote: one file, or many."""
    files = [content] if isinstance(content, bytes) else content
    return MemoryStore({f"{number}/{name}": each for number, each in enumerate(files)}, 1 << 18)


def cpu_seconds(store: MemoryStore, pings: int) -> float:
    """Return what it costs to read and judge all files of a store."""
    kernel = Kernel(Judge(DAY, DIMENSIONS), bytes(32))
    start = time.process_time()
    for file in store.list_day(DAY):
        for batch in read_pings(store, file, DIMENSIONS):
            kernel.judge(batch)
    kernel.take_rows()
    seconds = time.process_time() - start
    if kernel.counts.passed.total() != pings:
        raise AssertionError(f"{list(store.contents)[:1]}: {kernel.counts}")
    return seconds


def table(title: str, writers: Writers, pings: Pings, rounds: int) -> str:
    """Measure one sort of pings and return the table as Markdown."""
    stores = {form: stored_format(name, write(pings)) for form, (name, write) in writers.items()}
    seconds: dict[str, list[float]] = {form: [] for form in writers}
    for _ in range(rounds + 1):  # The first round warms up.
        for form, store in stores.items():
            seconds[form].append(cpu_seconds(store, len(pings)))
    first = next(iter(seconds.values()))[1:]
    rows = [f"| {title} | stored KB | µs a ping | to gzip NDJSON |", "| --- | ---: | ---: | ---: |"]
    for form, (_, *found) in seconds.items():
        ratio = median(other / one for one, other in zip(first, found, strict=True))
        size = sum(map(len, stores[form].contents.values())) / len(pings) / 1000
        rows.append(
            f"| {form} | {size:.1f} | {median(found) / len(pings) * 1e6:.0f} | {ratio:.2f} |"
        )
    return "\n".join([*rows, ""])


def main() -> None:
    """Measure all formats."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pings", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    pings, rounds = arguments.pings, arguments.rounds
    large, small = main_pings(pings, is_small=False), main_pings(4 * pings, is_small=True)
    size = len(json_text(small[0])) / 1000
    tables = [
        table(f"main pings of {len(json_text(large[0])) / 1000:.0f} KB", MAIN, large, rounds),
        table(f"main pings of {size:.1f} KB", MAIN, small, rounds),
        table("crash pings", CRASH, crash_pings(4 * pings), rounds),
        table("Glean crash pings", GLEAN, crash_pings(4 * pings), rounds),
    ]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, CPU time"
    sys.stdout.write("\n".join([*tables, machine, ""]))


if __name__ == "__main__":
    main()
