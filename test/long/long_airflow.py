"""The DAG in deploy/airflow/, run by a real Airflow."""

from __future__ import annotations

import os
import sys
import unittest
from datetime import date
from pathlib import Path
from shlex import quote
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from typing import ClassVar

from test.cli.command_line import environment
from test.dated_pings import write_pings
from test.deploy.playbooks import PROJECT
from test.deploy.processes import finished
from test.job.days_in_postgres import rows
from test.servers import fresh_database

AIRFLOW = PROJECT / ".venv-airflow" / "bin" / "airflow"
DAG = "crash_rate_aggregates_daily"
DAY = date(2016, 3, 14)


class AirflowTest(unittest.TestCase):
    """The DAG in deploy/airflow/, run by Airflow itself for the run of noon on 2016-03-15."""

    folder: ClassVar[Path]
    url: ClassVar[str]
    env: ClassVar[dict[str, str]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.url = fresh_database(cls)
        write_pings(cls.folder / "pings", DAY)
        job = cls.folder / "a job.sh"
        program = f'exec {quote(sys.executable)} -m crash_rate_aggregates "$@"'
        job.write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
        job.chmod(0o755)
        cls.env = {
            **environment(
                JOB=str(job),
                START="2016-03-01",
                RETRIES="0",
                PINGS=str(cls.folder / "pings"),
                DATABASE=cls.url,
                JOBS="1",
            ),
            "AIRFLOW_HOME": str(cls.folder / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "deploy" / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "PATH": f"{AIRFLOW.parent}{os.pathsep}{os.environ['PATH']}",
        }
        cls.airflow("db", "migrate")

    @classmethod
    def airflow(cls, *arguments: str) -> CompletedProcess[str]:
        """Run one command of Airflow."""
        return finished([AIRFLOW, *arguments], seconds=300, cwd=cls.folder, env=cls.env)

    def test_run_fills_the_day_before(self) -> None:
        """The run of noon on the 15th fills the 14th and checks it; without pings it fails."""
        done = self.airflow("dags", "test", DAG, "2016-03-15T12:00:00")
        output = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, output[-4000:])
        self.assertEqual(
            rows(self.url, "SELECT DISTINCT submission_date FROM crash_aggregates"), [(DAY,)]
        )
        self.assertIn(f"{DAY}: whole, 2 main and 1 crash pings counted", output)
        failed = self.airflow("dags", "test", DAG, "2016-03-14T12:00:00")
        self.assertNotEqual(failed.returncode, 0, failed.stdout[-4000:])
        self.assertIn("[no-pings]", failed.stdout + failed.stderr)


if __name__ == "__main__":
    unittest.main()
