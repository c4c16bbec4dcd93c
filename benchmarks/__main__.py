"""Measure engines and peers; `make benchmark` and `make benchmark-quick` start it."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.copying import measure_copy
from benchmarks.data import fingerprint
from benchmarks.figures import Figures
from benchmarks.machine import load, machine
from benchmarks.measure import FULL, GROWTH, QUICK, Bench
from benchmarks.page import PAGE, RESULTS, write_section
from benchmarks.report import quick_report, section, write_json, write_plot

_DATA = PAGE.parent.parent / ".benchmark-data"


def main() -> None:
    """Measure, and write the page, or with --quick only print."""
    parser = argparse.ArgumentParser(description="Measure engines and peers.")
    parser.add_argument("--quick", action="store_true", help="a quarter of the data, one round")
    parser.add_argument(
        "--data", type=Path, default=_DATA, help="folder of the pings that are read"
    )
    arguments = parser.parse_args()
    plan = QUICK if arguments.quick else FULL
    _say("Making pings, unless they are there …")
    # A process of its own: what it leaves behind must not be taken for a part of a system.
    make = [sys.executable, "-m", "benchmarks.data", str(arguments.data)]
    subprocess.run([*make, str(plan.files * GROWTH), str(plan.cores)], check=True)
    before = load()
    bench = Bench(plan, arguments.data / fingerprint(), _say)
    found = bench.run()
    found.copies = [measure_copy() for _ in range(plan.rounds)]
    loads = (before, load())
    if arguments.quick:
        _say(quick_report(Figures(found)))
        return
    RESULTS.mkdir(exist_ok=True)
    write_json(RESULTS / "engines.json", found, machine(), loads)
    write_plot(RESULTS / "engines.png", found)
    text = section(found, plan, machine(), loads)
    write_section("engines", text)
    _say(text)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
