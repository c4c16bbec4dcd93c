"""Tests of the job, on Spark; the others are in test/long, for each day takes seconds."""

from __future__ import annotations

import unittest

from crash_rate_aggregates.engines.interface import Engine
from test.job import test_cartesian, test_real_pings
from test.spark import needs_spark, shared_engine


class OnSpark:
    """Runs a test case's jobs on Spark."""

    def engine(self) -> Engine | None:
        """Return the engine of this process."""
        return shared_engine()


@needs_spark
class CartesianOnSparkTest(OnSpark, test_cartesian.CartesianTest):
    pass


@needs_spark
class RealPingsOnSparkTest(OnSpark, test_real_pings.RealPingsTest):
    pass


if __name__ == "__main__":
    unittest.main()
