"""The tests of the job, and of a day in every format, on Spark."""

from __future__ import annotations

import unittest

from test.job import test_job, test_mirrored_day
from test.job.test_on_spark import OnSpark
from test.spark import needs_spark


@needs_spark
class JobOnSparkTest(OnSpark, test_job.JobTest):
    pass


@needs_spark
class MirroredDayOnSparkTest(OnSpark, test_mirrored_day.MirroredDayTest):
    pass


if __name__ == "__main__":
    unittest.main()
