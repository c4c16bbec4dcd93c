"""The command on a standalone cluster that loses a worker, and by a distribution's spark-submit."""

from __future__ import annotations

import gzip
import sys
import unittest
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from test.cli.command_line import (
    PROJECT,
    TIMEOUT,
    command,
    ended_after,
    run_flags,
    started,
)
from test.engines.made_days import day_folder, lines, main_ping, write_sample_day
from test.job.days_in_postgres import TABLE, rows
from test.servers import fresh_database
from test.spark import QUICK, StandaloneCluster, distribution, needs_spark, spark_flags
from test.time_limit import time_limit

LEDGER = (
    "SELECT doc_type, kind, name, pings FROM crash_aggregates_ledger "
    "JOIN crash_aggregates_current_runs USING (run_id) ORDER BY 1, 2, 3"
)
LAST_PINGS = lines([main_ping(**{"application/channel": "last"})] * 3)
LAST = "zz-last.json"


@needs_spark
class SparkClustersTest(unittest.TestCase):
    """One day, computed here and on clusters: the tables and ledgers must be the same."""

    folder: ClassVar[Path]
    table: ClassVar[list[tuple[Any, ...]]]
    ledger: ClassVar[list[tuple[Any, ...]]]

    @classmethod
    def setUpClass(cls) -> None:
        """Compute the day once with the embedded engine."""
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        write_sample_day(cls.folder / "pings", pings=6000, seed=3)
        (day_folder(cls.folder / "pings") / LAST).write_bytes(LAST_PINGS)
        url = fresh_database(cls)
        done = command(*run_flags(cls.folder / "pings", url), cwd=cls.folder)
        if done.returncode:
            raise AssertionError(done.stderr)
        cls.table, cls.ledger = rows(url, TABLE), rows(url, LEDGER)

    def assert_same_day(self, url: str) -> None:
        """Hold that a database has the same rows and the same ledger."""
        self.assertEqual(rows(url, TABLE), self.table)
        self.assertEqual(rows(url, LEDGER), self.ledger)

    def test_worker_killed(self) -> None:
        """A worker of a standalone cluster is killed in the middle: the table is exact."""
        url = fresh_database(self)
        copied = self.folder / "slow"
        copytree(self.folder / "pings", copied)
        slow = day_folder(copied) / LAST
        # Lines without a ping: some seconds of work for whoever reads them.
        slow.write_bytes(gzip.compress(LAST_PINGS + b"\n" * 100_000_000, 1))
        with time_limit(2 * TIMEOUT), StandaloneCluster(self.folder) as cluster:
            process = started(*run_flags(copied, url), *spark_flags(cluster.url), cwd=self.folder)
            self.addCleanup(process.kill)
            while not (readers := [one for one in cluster.workers if one.has_open(slow)]):
                self.assertFalse(ended_after(process, 0.02), "it was not read")
            readers[0].kill()
            # The other worker reads it again.
            _, errors = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 0, errors)
        self.assert_same_day(url)

    def test_spark_submit_of_a_distribution(self) -> None:
        """spark-submit of SPARK_HOME runs fill_database.py, on Spark unless told otherwise."""
        url = fresh_database(self)
        home = distribution(self.folder)
        script = PROJECT / "crash_rate_aggregates" / "fill_database.py"
        done = command(
            *("--master", "local[2]"),
            *(word for setting in QUICK.items() for word in ("--conf", "=".join(setting))),
            script,
            *("--min-submission-date", "20160314", "--max-submission-date", "20160314"),
            *("--pings", self.folder / "pings", "--database", url),
            cwd=self.folder,
            program=(
                "env",
                f"SPARK_HOME={home}",
                f"PYSPARK_PYTHON={sys.executable}",
                str(home / "bin" / "spark-submit"),
            ),
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_same_day(url)
        query = "SELECT engine FROM crash_aggregates_current_runs"
        self.assertEqual(rows(url, query), [("spark",)])


if __name__ == "__main__":
    unittest.main()
