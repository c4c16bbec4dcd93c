"""The systems that are compared, and how each is started."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import Day
from benchmarks.ours.days import read_aggregates
from benchmarks.sums import Groups, read_groups


@dataclass(frozen=True, slots=True)
class System:
    """One way from stored pings to grouped sums."""

    name: str
    title: str
    module: str
    """Run with what to read, the file to write and the number of cores."""
    read_result: Callable[[Path], Groups]
    is_ours: bool = False
    """It drops copies too, and reads a folder where others read a glob."""
    is_on_spark: bool = False
    """It takes a minute or two a run, runs in fewer rounds, and reads gzip only."""

    @property
    def formats(self) -> tuple[str, ...]:
        """Return how what it reads is stored. Spark's own zstd needs a native Hadoop."""
        return ("gz",) if self.is_on_spark else ("gz", "zst")

    def command(self, day: Day, output: Path, cores: int) -> list[str]:
        """Return the program and its arguments."""
        pings = str(day.folder) if self.is_ours else day.pattern
        return [sys.executable, "-m", self.module, pings, str(output), str(cores)]


EMBEDDED = System(
    "embedded", "embedded engine", "benchmarks.ours.embedded", read_aggregates, is_ours=True
)
SPARK = System(
    "spark",
    "Spark engine",
    "benchmarks.ours.spark",
    read_aggregates,
    is_ours=True,
    is_on_spark=True,
)
CHDB = System("chdb", "chdb JSONEachRow", "benchmarks.peers.chdb_json", read_groups)
DUCKDB = System("duckdb", "DuckDB read_json", "benchmarks.peers.duckdb_json", read_groups)
DATAFRAME = System(
    "dataframe",
    "Spark DataFrame",
    "benchmarks.peers.spark_dataframe",
    read_groups,
    is_on_spark=True,
)
RDD = System(
    "rdd", "2016 algorithm (RDD)", "benchmarks.peers.rdd_2016", read_groups, is_on_spark=True
)
SYSTEMS = (EMBEDDED, CHDB, DUCKDB, SPARK, DATAFRAME, RDD)
"""Ours beside its peers."""
