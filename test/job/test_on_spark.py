"""The tests of the job, on Spark."""

from __future__ import annotations

import unittest

from crash_rate_aggregates.engines.interface import Engine
from test.job import test_cartesian, test_job, test_real_pings
from test.spark import needs_spark, shared_engine


class _OnSpark:
    def engine(self) -> Engine | None:
        """Return the engine of this process."""
        return shared_engine()


@needs_spark
class CartesianOnSparkTest(_OnSpark, test_cartesian.CartesianTest):
    pass


@needs_spark
class JobOnSparkTest(_OnSpark, test_job.JobTest):
    pass


@needs_spark
class RealPingsOnSparkTest(_OnSpark, test_real_pings.RealPingsTest):
    pass


if __name__ == "__main__":
    unittest.main()
