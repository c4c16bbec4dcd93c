"""Run all systems in turn, on a day and on one four times as large, and keep what each run cost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.data import Day, day_of
from benchmarks.process_tree import cost_of
from benchmarks.sums import read_groups, wrong_groups
from benchmarks.systems import EMBEDDED, SYSTEMS, System

GROWTH = 4
_START_UP_PINGS = 10
"""A file, of a day so small that starting up is all it costs."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    files: int
    """Of the day; the larger one has `GROWTH` times as many."""
    rounds: int
    """Each round runs the systems once on each day."""
    spark_every: int
    """Of so many rounds one runs those on Spark too; odd, or their order would not alternate."""
    cores: int
    one_core_files: int
    """Files that the kernel judges beside decompression alone."""


FULL = Plan(files=16, rounds=7, spark_every=3, cores=2, one_core_files=16)
QUICK = Plan(files=4, rounds=3, spark_every=3, cores=2, one_core_files=4)


@dataclass(slots=True)
class Measurements:
    """What was measured."""

    runs: list[dict[str, Any]] = field(default_factory=list)
    """System, compression, files, and the cost of one run."""
    wrong: dict[str, dict[str, int]] = field(default_factory=dict)
    """By system and compression, like `chdb zst`: groups that differ, duplicates counted or not."""
    groups: int = 0
    """Of the reference."""
    one_core: list[dict[str, Any]] = field(default_factory=list)
    """CPU seconds of the kernel and of decompression alone."""
    days: list[dict[str, Any]] = field(default_factory=list)
    """What was read."""
    copies: list[float] = field(default_factory=list)
    """Rows a second that COPY took."""


class Bench:
    """One benchmark, in a folder that holds the files of pings."""

    def __init__(self, plan: Plan, pings: Path, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._pings = pings
        self._say = say
        self._output = pings / "output"
        self._days: dict[tuple[str, int], Day] = {}
        self.found = Measurements()

    def run(self) -> Measurements:
        """Measure everything."""
        for compression in ("gz", "zst"):
            for files in (self._plan.files, self._plan.files * GROWTH):
                self._lay_out(compression, files)
        small = day_of(self._pings, self._plan.files, "gz", _START_UP_PINGS)
        self._check_results()
        for number in range(self._plan.rounds):
            for compression in ("gz", "zst"):
                self._one_core(compression)
            self._run_once(EMBEDDED, small, "gz", files=0)
            for system, compression, files in self._turns(number):
                self._run_once(system, self._days[compression, files], compression, files)
        return self.found

    def _lay_out(self, compression: str, files: int) -> None:
        day = day_of(self._pings, files, compression)
        self._days[compression, files] = day
        amounts = {"stored": day.stored_bytes, "json": day.json_bytes, "pings": day.pings}
        self.found.days.append({"compression": compression, "files": files, **amounts})

    def _turns(self, number: int) -> Iterator[tuple[System, str, int]]:
        """Order a round's runs: those to be compared next to each other, every other time back."""
        with_spark = number % self._plan.spark_every == 0
        runs = [
            (system, compression, files)
            for files in (self._plan.files, self._plan.files * GROWTH)
            for compression in ("gz", "zst")
            for system in SYSTEMS
            if compression in system.formats and (with_spark or not system.is_on_spark)
        ]
        yield from reversed(runs) if number % 2 else runs

    def _run_once(self, system: System, day: Day, compression: str, files: int) -> None:
        output = self._fresh_output()
        cost = cost_of(system.command(day, output, self._plan.cores))
        stages = Path(f"{output}.json")
        self.found.runs.append(
            {
                "system": system.name,
                "compression": compression,
                "files": files,
                **asdict(cost),
                "stages": json.loads(stages.read_text()) if stages.exists() else {},
            }
        )
        self._say(
            f"{system.title:22} {compression:3} {files:2} files: {cost.cpu_seconds:7.2f} s CPU, "
            f"{cost.wall_seconds:7.2f} s, {cost.peak_bytes >> 20} MiB"
        )

    def _one_core(self, compression: str) -> None:
        output = self._fresh_output()
        folder = str(self._days[compression, self._plan.files].folder)
        files = str(self._plan.one_core_files)
        _run("benchmarks.one_core", folder, str(output), files)
        seconds = json.loads(output.read_text())
        self.found.one_core.append({"compression": compression, **seconds})
        self._say(f"one core, {compression}: {seconds}")

    def _check_results(self) -> None:
        """Compare each result of every system with the reference's, on the smaller day."""
        day = self._days["gz", self._plan.files]
        exact, with_copies = self._pings / "reference", self._pings / "reference-with-copies"
        cores = self._plan.cores
        _run("benchmarks.reference", str(day.folder), str(exact), str(with_copies), str(cores))
        truth, copied_truth = read_groups(exact), read_groups(with_copies)
        self.found.groups = len(truth)
        for system, compression in ((one, each) for one in SYSTEMS for each in one.formats):
            output = self._fresh_output()
            cost_of(system.command(self._days[compression, self._plan.files], output, cores))
            result = system.read_result(output)
            wrong = {
                "one of each id": wrong_groups(result, truth),
                "copies counted": wrong_groups(result, copied_truth),
            }
            self.found.wrong[f"{system.name} {compression}"] = wrong
            self._say(f"{system.title} {compression}: groups that differ: {wrong}")

    def _fresh_output(self) -> Path:
        """Return a path where nothing is: Spark writes a folder, others a file."""
        shutil.rmtree(self._output, ignore_errors=True)
        self._output.mkdir()
        return self._output / "groups.parquet"


def _run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True)
