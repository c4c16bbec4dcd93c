"""From runs to the figures that are compared: medians, and ratios of them."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.measure import GROWTH, Measurements
from benchmarks.systems import CHDB, DUCKDB, EMBEDDED, RDD, SPARK


@dataclass(frozen=True, slots=True)
class Target:
    """One ratio, and what it has to be."""

    measure: str
    reach: float
    aim: float
    found: float
    is_ceiling: bool = False
    """Less is better."""
    unit: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether the left column is met."""
        return self.found <= self.reach if self.is_ceiling else self.found >= self.reach


class Figures:
    """Medians over the rounds."""

    def __init__(self, found: Measurements) -> None:
        self._found = found
        self.files = min(day["files"] for day in found.days)
        """Of the smaller day."""
        self.json_bytes = next(d["json"] for d in found.days if d["files"] == self.files)

    def of(self, system: str, compression: str, files: int, what: str) -> float:
        """Return the median over the runs of one kind."""
        return median(
            float(run[what])
            for run in self._found.runs
            if (run["system"], run["compression"], run["files"]) == (system, compression, files)
        )

    def cpu(self, system: str, compression: str) -> float:
        """Return the CPU seconds of the smaller day, start-up removed.

        A third of what three times as much more cost: starting up, and compilers that warm up, are
        in both and fall out.
        """
        large, small = (
            self.of(system, compression, files, "cpu_seconds")
            for files in (self.files * GROWTH, self.files)
        )
        return (large - small) / (GROWTH - 1)

    def start_up(self, system: str, compression: str) -> float:
        """Return the CPU seconds that a day of any size costs."""
        whole = self.of(system, compression, self.files, "cpu_seconds")
        return whole - self.cpu(system, compression)

    def one_core(self, compression: str, what: str) -> float:
        """Return the CPU seconds of the kernel, or of decompression alone."""
        return median(
            float(run[what]) for run in self._found.one_core if run["compression"] == compression
        )

    def targets(self) -> list[Target]:
        """Return what issue and docs promise, with what was found."""
        ratio = {
            (system.name, compression): self.cpu(system.name, compression)
            / self.cpu(EMBEDDED.name, compression)
            for system in (CHDB, DUCKDB, RDD)
            for compression in system.formats
        }
        kernel = {
            compression: self.one_core(compression, "decompress")
            / self.one_core(compression, "kernel")
            for compression in EMBEDDED.formats
        }
        spark = self.cpu(SPARK.name, "gz")
        return [
            Target(
                "speed of the kernel ÷ that of decompression alone, gzip, one core",
                0.42,
                0.5,
                kernel["gz"],
            ),
            Target(
                "speed of the kernel ÷ that of decompression alone, zstd, one core",
                0.24,
                0.3,
                kernel["zst"],
            ),
            Target("CPU of the 2016 algorithm ÷ ours, gzip", 6, 9, ratio["rdd", "gz"]),
            Target("CPU of DuckDB ÷ ours, gzip", 1.2, 1.6, ratio["duckdb", "gz"]),
            Target("CPU of DuckDB ÷ ours, zstd", 0.9, 1.1, ratio["duckdb", "zst"]),
            Target("CPU of chdb ÷ ours, gzip", 1.0, 1.3, ratio["chdb", "gz"]),
            Target("CPU of chdb ÷ ours, zstd", 1.0, 1.2, ratio["chdb", "zst"]),
            Target(
                "CPU of the 2016 algorithm ÷ our Spark engine",
                3,
                5,
                self.cpu(RDD.name, "gz") / spark,
            ),
            Target(
                "CPU of our Spark engine ÷ our kernel",
                2,
                1.3,
                spark / self._kernel_seconds(),
                is_ceiling=True,
            ),
            *self._own_targets(),
        ]

    def _kernel_seconds(self) -> float:
        """Return the kernel's CPU seconds for the whole smaller day."""
        return self.one_core("gz", "kernel")

    def _own_targets(self) -> list[Target]:
        large = self.files * GROWTH
        runs = [
            run
            for run in self._found.runs
            if run["system"] == EMBEDDED.name
            and run["files"] == large
            and run["compression"] == "gz"
        ]
        small = self.of(EMBEDDED.name, "gz", self.files, "cpu_seconds")
        start = self.of(EMBEDDED.name, "gz", 0, "cpu_seconds")
        growth = (
            (self.of(EMBEDDED.name, "gz", large, "cpu_seconds") - start) / (small - start) / GROWTH
        )
        return [
            Target(
                "dedupe, grouping and ledger, share of the embedded engine's CPU",
                12,
                5,
                100 * median(run["stages"]["group"] / run["cpu_seconds"] for run in runs),
                is_ceiling=True,
                unit="%",
            ),
            Target(
                "wall on 2 cores ÷ CPU",
                0.65,
                0.58,
                median(run["wall_seconds"] / run["cpu_seconds"] for run in runs),
                is_ceiling=True,
            ),
            Target(
                f"peak memory of the embedded engine, {large} files, whole tree",
                600,
                300,
                median(run["peak_bytes"] for run in runs) / 1e6,
                is_ceiling=True,
                unit=" MB",
            ),
            Target(
                f"CPU a byte at {GROWTH} times the data ÷ at once, start-up removed",
                1.10,
                1.03,
                growth,
                is_ceiling=True,
            ),
            Target(
                "COPY of 1,000,000 aggregates",
                120_000,
                200_000,
                median(self._found.copies),
                unit=" rows/s",
            ),
        ]

    def summary(self) -> list[dict[str, Any]]:
        """Return a row for each system and compression."""
        large = self.files * GROWTH
        kinds = dict.fromkeys((r["system"], r["compression"]) for r in self._found.runs)
        return [
            {
                "system": system,
                "compression": compression,
                "cpu": self.cpu(system, compression),
                "start_up": self.start_up(system, compression),
                "speed": self.json_bytes / 1e6 / self.cpu(system, compression),
                "wall": self.of(system, compression, self.files, "wall_seconds"),
                "peak": self.of(system, compression, self.files, "peak_bytes") / 1e6,
                "large_peak": self.of(system, compression, large, "peak_bytes") / 1e6,
                "wrong": self._found.wrong[f"{system} {compression}"],
            }
            for system, compression in kinds
        ]
