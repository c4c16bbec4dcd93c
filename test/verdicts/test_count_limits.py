from __future__ import annotations

import unittest

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.verdicts.count_limits import count_limits, lower_limit
from test.property_tests import examples
from test.worked_numbers import HAS_WORKED_NUMBERS, worked


class CountLimitsTest(unittest.TestCase):
    def test_worked_values(self) -> None:
        """The limits are those of Garwood for independent crashes, wider for bursts."""
        for crashes, phi, lower, upper in (
            (0, 1.0, 0.0, 3.6888794541139354),
            (0, 3.0, 0.0, 11.066638362341806),
            (1, 1.0, 0.025317807984289897, 5.571643390938898),
            (7, 2.5, 1.3358814134792871, 21.16280973932833),
            (100, 3.0, 68.97650181668283, 140.20094578165245),
        ):
            with self.subTest(crashes=crashes, phi=phi):
                found = count_limits(crashes, phi)
                np.testing.assert_allclose(found, (lower, upper), rtol=1e-9)

    def test_arrays(self) -> None:
        """An array of counts has arrays of limits."""
        lower, upper = count_limits([0, 100], 3.0)
        np.testing.assert_allclose(lower, [0, 68.97650181668283], rtol=1e-9)
        np.testing.assert_allclose(upper, [11.066638362341806, 140.20094578165245], rtol=1e-9)

    def test_tail(self) -> None:
        """A smaller tail has a lower limit; 0 crashes have 0."""
        self.assertAlmostEqual(float(lower_limit(100, 3.0, 0.025)), 68.976501817, places=8)
        # By the cube of Wilson and Hilferty (1931) 47.8.
        self.assertAlmostEqual(float(lower_limit(100, 3.0, 1e-4)), 47.969, places=3)
        self.assertEqual(float(lower_limit(0, 3.0, 1e-4)), 0.0)

    @examples(0.5)
    @given(st.integers(0, 10**7), st.floats(0.5, 20))
    def test_limits_hold_the_count(self, crashes: int, phi: float) -> None:
        """The count lies between its limits, and a larger phi moves both away from it."""
        lower, upper = count_limits(crashes, phi)
        wider_lower, wider_upper = count_limits(crashes, phi * 1.5)
        self.assertTrue(wider_lower <= lower <= crashes < upper < wider_upper)


if HAS_WORKED_NUMBERS:

    class WorkedCountLimitsTest(unittest.TestCase):
        def test_worked_file(self) -> None:
            """The limits are those of the worked file."""
            for one in worked("count_limits"):
                found = count_limits(one["crashes"], one["phi"])
                np.testing.assert_allclose(found, one["limits"], rtol=1e-9)


if __name__ == "__main__":
    unittest.main()
