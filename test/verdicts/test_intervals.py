from __future__ import annotations

import unittest
from dataclasses import astuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.verdicts.intervals import log_variance_of_days, rate_interval
from test.property_tests import examples
from test.worked_numbers import HAS_WORKED_NUMBERS, worked


class RateIntervalTest(unittest.TestCase):
    def test_worked_values(self) -> None:
        """The limits join those of the count with the variation of days."""
        for given_, answer in (
            ((12, 4000, 2.0, 0.0025), (3.0, 1.0956985393658347, 6.5700163099800495)),
            ((0, 4000, 2.0, 0.0025), (0.0, 0.0, 2.0343447149232006)),
            ((500_000, 2e8, 3.0, 0.0009), (2.5, 2.356778549809759, 2.651923788490122)),
        ):
            with self.subTest(given=given_):
                np.testing.assert_allclose(astuple(rate_interval(*given_)), answer, rtol=1e-9)

    def test_variance_of_days(self) -> None:
        """Equal days share the variation; one day that has nearly all crashes bears it all."""
        self.assertAlmostEqual(log_variance_of_days([50, 50], 0.1), 0.005)
        self.assertAlmostEqual(log_variance_of_days([100, 0], 0.1), 0.01)
        self.assertAlmostEqual(log_variance_of_days([30, 10], 0.2), 0.04 * (0.5625 + 0.0625))

    def test_memory_of_days(self) -> None:
        """Where days come in a row the variation of two of them is shared less."""
        # With a correlation of .5 a day's variance is 6/(6 - 4 + .5) times what it seemed.
        self.assertAlmostEqual(log_variance_of_days([7], 0.1, 0.5), 0.01 * 6 / 2.5)
        self.assertAlmostEqual(log_variance_of_days([7, 7], 0.1, 0.5), 0.01 * 6 / 2.5 * 0.75)
        self.assertAlmostEqual(log_variance_of_days([7, 0, 7], 0.1, 0.5), 0.01 * 6 / 2.5 * 0.625)

    def test_no_crashes(self) -> None:
        """Days without any crash share the variation evenly."""
        self.assertAlmostEqual(log_variance_of_days([0, 0, 0, 0], 0.1), 0.0025)

    @examples(0.5)
    @given(st.integers(0, 10**6), st.floats(1, 1e9), st.floats(1, 6), st.floats(0, 1))
    def test_scaling_hours(self, crashes: int, hours: float, phi: float, variance: float) -> None:
        """Ten times the hours with the same crashes has a tenth of the rate and its limits."""
        one = rate_interval(crashes, hours, phi, variance)
        ten = rate_interval(crashes, 10 * hours, phi, variance)
        np.testing.assert_allclose(np.array(astuple(one)) / 10, astuple(ten), rtol=1e-9)

    @examples(0.5)
    @given(st.integers(1, 10**6), st.floats(1, 6), st.floats(0, 1))
    def test_more_data_narrows(self, crashes: int, phi: float, variance: float) -> None:
        """Twice the crashes in twice the hours has a narrower interval about the same rate."""
        one = rate_interval(crashes, 1000.0, phi, variance)
        two = rate_interval(2 * crashes, 2000.0, phi, variance)
        self.assertTrue(one.lower < two.lower < two.rate < two.upper < one.upper)


if HAS_WORKED_NUMBERS:

    class WorkedRateIntervalTest(unittest.TestCase):
        def test_worked_file(self) -> None:
            """The intervals are those of the worked file."""
            for one in worked("rate_interval"):
                found = rate_interval(one["crashes"], one["hours"], one["phi"], one["log_var"])
                np.testing.assert_allclose(astuple(found), one["answer"], rtol=1e-9)


if __name__ == "__main__":
    unittest.main()
