"""The tarball with all packages, installed and run on a host without internet, Spark included."""

from __future__ import annotations

import os
import sys
import tarfile
import unittest
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from typing import ClassVar

from crash_rate_aggregates import __version__
from test.cli.command_line import environment
from test.dated_pings import write_pings
from test.deploy.playbooks import PROJECT
from test.deploy.processes import finished
from test.job.days_in_postgres import rows
from test.servers import fresh_database
from test.spark import QUICK, distribution, needs_spark

DAY = date(2016, 3, 14)
ENTRY = Path(f"crash-rate-aggregates-{__version__}") / "crash-rate-aggregates-job.py"
# Whoever asks a package index, or anything else on the network, asks a port that nobody listens on.
NOWHERE = "http://127.0.0.1:9"
NO_INTERNET = {
    "PIP_INDEX_URL": NOWHERE,
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_NO_CACHE_DIR": "1",
    "PIP_RETRIES": "0",
    "HTTP_PROXY": NOWHERE,
    "HTTPS_PROXY": NOWHERE,
    "NO_PROXY": "",
}


class WheelhouseTest(unittest.TestCase):
    """The tarball on a host without internet."""

    folder: ClassVar[Path]
    entry: ClassVar[Path]
    """The script of a tarball with all wheels."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        write_pings(cls.folder / "pings", DAY)
        cls.entry = cls.unpacked("with", "--wheelhouse")

    @classmethod
    def unpacked(cls, name: str, *flags: str) -> Path:
        """Build the tarball, unpack it in an empty folder, return the entry script."""
        script = PROJECT / "deploy" / "build_tarball.py"
        tarball = cls.folder / f"{name}.tar.gz"
        built = finished([sys.executable, script, "--output", tarball, *flags], seconds=600)
        assert built.returncode == 0, built.stderr
        target = cls.folder / name
        with tarfile.open(tarball) as tar:
            tar.extractall(target, filter="data")
        return target / ENTRY

    def started(self, *command: str | Path, **settings: str) -> CompletedProcess[str]:
        """Start a command as a host without internet would."""
        env = environment(**settings) | NO_INTERNET
        del env["PYTHONPATH"]
        return finished(command, seconds=300, cwd=self.folder, env=env)

    def assert_fills(self, engine: str, *command: str | Path) -> None:
        """Hold that a command fills the day by an engine."""
        url = fresh_database(self)
        day = ("run", "--submission-date", str(DAY))
        done = self.started(*command, *day, PINGS=str(self.folder / "pings"), DATABASE=url)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(
            rows(url, "SELECT sum(ping_count)::int, sum(main_crashes)::int FROM crash_aggregates"),
            [(2, 1)],
        )
        query = "SELECT engine FROM crash_aggregates_current_runs"
        self.assertEqual(rows(url, query), [(engine,)])

    def test_runs_a_day_offline(self) -> None:
        """With the wheelhouse the job installs itself and fills a day; boto3 is there too."""
        self.assert_fills("embedded", self.entry)
        again = self.started(self.entry, "--version")
        self.assertEqual(again.stdout, f"crash-rate-aggregates, version {__version__}\n")
        python = self.entry.parent / ".venv" / "bin" / "python"
        self.assertEqual(finished([python, "-c", "import boto3"], seconds=60).returncode, 0)

    @needs_spark
    def test_runs_by_spark_submit(self) -> None:
        """A cluster's spark-submit takes the entry script; the tarball has all that Spark needs."""
        self.assertEqual(self.started(self.entry, "--version").returncode, 0)
        home = distribution(self.folder)
        submit = [str(home / "bin" / "spark-submit"), "--master", "local[2]"]
        conf = [word for setting in QUICK.items() for word in ("--conf", "=".join(setting))]
        self.assert_fills("spark", *submit, *conf, self.entry)

    def test_without_wheelhouse(self) -> None:
        """Without it the first start ends in one line that says so, and can be repeated."""
        entry = self.unpacked("without")
        for _ in range(2):
            done = self.started(entry, "--version")
            self.assertEqual(done.returncode, 1)
            self.assertRegex(
                done.stderr.splitlines()[-1], "^error: the packages could not be installed in "
            )


if __name__ == "__main__":
    unittest.main()
