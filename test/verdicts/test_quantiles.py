from __future__ import annotations

import unittest

from crash_rate_aggregates.verdicts.quantiles import Z95, normal_upper, student_quantile


class QuantilesTest(unittest.TestCase):
    def test_normal(self) -> None:
        """The upper tail is given, so that a small one keeps all its digits."""
        self.assertAlmostEqual(normal_upper(0.025), Z95, places=12)
        self.assertAlmostEqual(normal_upper(1e-4), 3.719016485, places=9)
        self.assertAlmostEqual(normal_upper(0.002), 2.878161739, places=9)

    def test_student(self) -> None:
        """The lower tail is given, and degrees of freedom need not be whole."""
        self.assertAlmostEqual(student_quantile(0.975, 20), 2.085963447, places=9)
        self.assertAlmostEqual(student_quantile(0.9, 8), 1.396815310, places=9)
        self.assertAlmostEqual(student_quantile(0.975, 4.5), 2.6585, places=3)


if __name__ == "__main__":
    unittest.main()
