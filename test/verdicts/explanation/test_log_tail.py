from __future__ import annotations

import math
import unittest

from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from crash_rate_aggregates.verdicts.explanation.log_tail import (
    log_incomplete_beta,
    log_upper_tail,
    z_of_log_tail,
)


class LogTailTest(unittest.TestCase):
    def test_a_geometric_tail(self) -> None:
        """With mean 1 and variance 2 the tail from k on is 1/2^k, also where it is 1e-30103."""
        for count in (1, 2, 50, 10_000, 100_000):
            with self.subTest(count=count):
                found = log_upper_tail(count, 1, 2)
                self.assertAlmostEqual(found / (-count * math.log(2)), 1, delta=1e-12)

    def test_a_tail_of_size_two(self) -> None:
        """With mean 2 and variance 4 it is (1/2)^k (1 + k/2)."""
        for count in (1, 5, 3000):
            with self.subTest(count=count):
                expected = -count * math.log(2) + math.log1p(count / 2)
                self.assertAlmostEqual(log_upper_tail(count, 2, 4) / expected, 1, delta=1e-12)

    def test_scipy_agrees_where_it_can_tell(self) -> None:
        """Above 1e-300 and on both sides of the mean the tail is that of scipy.stats.nbinom."""
        for count, mean, variance in (
            (300, 100, 190.9),
            (80, 100, 190.9),
            (5, 0.7, 1.1),
            (900, 800, 6e4),
        ):
            with self.subTest(count=count):
                size, p = mean**2 / (variance - mean), mean / variance
                expected = stats.nbinom.logsf(count - 1, size, p)
                self.assertAlmostEqual(log_upper_tail(count, mean, variance), expected, delta=1e-9)

    def test_nothing_is_certain(self) -> None:
        """There are always 0 crashes or more."""
        self.assertEqual(log_upper_tail(0, 10, 30), 0)

    def test_z_of_a_tail(self) -> None:
        """The normal value of a tail of 2.5% is 1.96; far out it follows its asymptote."""
        self.assertAlmostEqual(z_of_log_tail(math.log(0.025)), 1.959963984540054, delta=1e-12)
        self.assertAlmostEqual(z_of_log_tail(math.log(0.5)), 0, delta=1e-12)
        self.assertAlmostEqual(z_of_log_tail(-179.75), 18.756, delta=1e-3)
        z = z_of_log_tail(-50_000)
        asymptote = -(z**2) / 2 - math.log(z * math.sqrt(2 * math.pi)) + math.log1p(-(z**-2))
        self.assertAlmostEqual(asymptote, -50_000, delta=1e-6)

    @given(st.floats(0.01, 0.99), st.floats(0.5, 500), st.floats(0.5, 500))
    def test_the_beta_function_is_that_of_scipy(self, x: float, a: float, b: float) -> None:
        """Wherever the incomplete beta function is neither tiny nor near 1, both give the same."""
        expected = special.betainc(a, b, x)
        if 1e-250 < expected < 1 - 1e-6:
            self.assertAlmostEqual(log_incomplete_beta(x, a, b), math.log(expected), delta=1e-8)


if __name__ == "__main__":
    unittest.main()
