#!/usr/bin/env python3
"""Measure what a gigabyte of pings costs in CPU seconds, on Spark and on the embedded engine.

Computes a synthetic day stored a few times over and many times over, each in a process of its own,
and divides the difference: starting Java, Python and Spark, and compiling what runs hot, costs the
same in both. The figures in docs/spark.md come from here, on an idle machine:
`make .venv/spark && .venv/bin/python benchmarks/spark_cores.py`, some ten minutes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psutil

from crash_rate_aggregates.database.server import EmbeddedServer
from crash_rate_aggregates.sample_pings.writer import write_sample_pings

DAY = date(2016, 3, 14)
FEW, MANY = 8, 32
"""How often the day is stored."""
ENGINES = ("embedded", "spark")
_LOOK_SECONDS = 0.2


class Cost(NamedTuple):
    """What one run took."""

    cpu_seconds: float
    """Of all processes, Java's own work included."""
    wall_seconds: float

    def beyond(self, other: Cost) -> Cost:
        """Return what this took more than another."""
        return Cost(self.cpu_seconds - other.cpu_seconds, self.wall_seconds - other.wall_seconds)


def measured(flags: list[str]) -> Cost:
    """Run the program and add up the CPU time of it and of all that it starts."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "crash_rate_aggregates", *flags],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    spent: dict[int, float] = {}
    while process.poll() is None:
        for one in (psutil.Process(process.pid), *children(process.pid)):
            try:
                times = one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            spent[one.pid] = times.user + times.system
        time.sleep(_LOOK_SECONDS)
    if process.returncode:
        raise SystemExit(f"{flags} ended with {process.returncode}")
    return Cost(sum(spent.values()), time.monotonic() - began)


def children(pid: int) -> list[psutil.Process]:
    """Return all processes below one; none if it has just ended."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def histograms(random: Random) -> bytes:
    """Make what most of a ping is, and no rule reads: 50 KB of histograms."""
    made = {
        f"HISTOGRAM_{number}": {
            "range": [1, 10_000],
            "bucket_count": 50,
            "histogram_type": 0,
            "values": {str(random.randrange(10_000)): random.randrange(5000) for _ in range(20)},
            "sum": random.randrange(1_000_000),
        }
        for number in range(160)
    }
    return json.dumps(made).encode()


def write_full_size_pings(folder: Path, pings: int) -> None:
    """Write sample pings, each as large as those of 2016 and 2017 were."""
    write_sample_pings(
        folder, min_submission_date=DAY, max_submission_date=DAY, pings_per_day=pings, seed=1
    )
    random = Random(1)
    fillers = [histograms(random) for _ in range(60)]
    for file in folder.glob("*/*.gz"):
        lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
        full = (
            b'{"histograms":' + random.choice(fillers) + b"," + line[1:]
            if line.startswith(b'{"')
            else line
            for line in lines
        )
        file.write_bytes(gzip.compress(b"".join(full), 6))


def stored_times_over(times: int, day: Path, folder: Path) -> Path:
    """Store a day's files several times: each is read and judged all the same."""
    for number in range(times):
        for file in sorted(day.glob("*/*.gz")):
            target = folder / file.parent.name / f"{number}-{file.name}"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(file)
    return folder


def json_bytes(folder: Path) -> int:
    """Return the size of all files once decompressed."""
    return sum(len(gzip.decompress(file.read_bytes())) for file in folder.glob("*/*.gz"))


def stored_bytes(folder: Path) -> int:
    """Return the size of all files as stored."""
    return sum(file.stat().st_size for file in folder.glob("*/*.gz"))


def cost_of_more(engine: str, places: tuple[Path, Path], url: str) -> Cost:
    """Return what the many take beyond the few."""
    few, many = (
        measured(
            [
                *("run", "--submission-date", DAY.isoformat(), "--engine", engine),
                *("--pings", str(place), "--database", url),
            ]
        )
        for place in places
    )
    return many.beyond(few)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pings", type=int, default=9_000, help="pings of the single day")
    parser.add_argument("--rounds", type=int, default=3, help="of both engines in turn")
    arguments = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        single = folder / "single"
        write_full_size_pings(single, arguments.pings)
        places = (
            stored_times_over(FEW, single, folder / "few"),
            stored_times_over(MANY, single, folder / "many"),
        )
        more_json = (MANY - FEW) * json_bytes(single) / 1e9
        more_stored = (MANY - FEW) * stored_bytes(single) / 1e9
        print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
              f"Python {platform.python_version()}; difference: {more_json:.2f} GB of JSON, "
              f"{more_stored:.3f} GB of gzip")  # fmt: skip
        with EmbeddedServer(folder / "home").running() as url:
            for number in range(arguments.rounds):
                costs = {engine: cost_of_more(engine, places, url) for engine in ENGINES}
                for engine, cost in costs.items():
                    print(
                        f"round {number + 1}, {engine}: "
                        f"{cost.cpu_seconds / more_json:.2f} CPU s a GB of JSON, "
                        f"{cost.cpu_seconds / more_stored:.1f} a GB of gzip, "
                        f"{cost.cpu_seconds / costs['embedded'].cpu_seconds:.2f} of embedded's, "
                        f"wall {cost.wall_seconds / cost.cpu_seconds:.2f} of CPU",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
