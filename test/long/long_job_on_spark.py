"""The tests of the job, and of a day in every format, on Spark."""

from __future__ import annotations

import unittest

from test.cli.command_line import command
from test.engines.made_days import DAY
from test.job import test_copies_over_days, test_job, test_mirrored_day
from test.job.days_in_postgres import rows
from test.job.test_object_days import ObjectDaysTestCase, day_files
from test.job.test_on_spark import OnSpark
from test.spark import StandaloneCluster, needs_spark, spark_flags


@needs_spark
class JobOnSparkTest(OnSpark, test_job.JobTest):
    pass


@needs_spark
class CopiesOverDaysOnSparkTest(OnSpark, test_copies_over_days.CopiesOverDaysTest):
    pass


@needs_spark
class MirroredDayOnSparkTest(OnSpark, test_mirrored_day.MirroredDayTest):
    pass


@needs_spark
class ObjectDayOnSparkTest(ObjectDaysTestCase):
    def test_day_in_a_bucket(self) -> None:
        """A cluster's executors read a bucket themselves, to the table of the day in a folder."""
        files = day_files(40)
        expected = self.rows_of_folder(files)
        self.put_day(files)
        with StandaloneCluster(self.folder) as cluster:
            done = command(
                *("run", "--database", self.url, "--submission-date", str(DAY)),
                *("--pings", f"{self.bucket.url}/pings", "--storage-endpoint", self.proxy.url),
                *spark_flags(cluster.url),
                cwd=self.folder,
            )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(rows(self.url), expected)


if __name__ == "__main__":
    unittest.main()
