from __future__ import annotations

import math
import unittest

import numpy as np
from scipy import special

from crash_rate_aggregates.verdicts.explanation.ranked_processes import (
    ProcessClass,
    RankedProcess,
    ranked_processes,
    ratio_limits,
)

_ROWS: tuple[ProcessClass, ...] = (("main", "none"), ("content", "none"), ("gpu", None))


def _ranked(before: list[float], now: list[float], phi: float = 1) -> tuple[RankedProcess, ...]:
    return ranked_processes(_ROWS, np.array(before), np.array(now), 2.0, phi)


class RankedProcessesTest(unittest.TestCase):
    def test_the_excess_by_hand(self) -> None:
        """In twice the hours 1,000 crashes let expect 2,000; 1,000 more are half of the excess."""
        first, second = _ranked([1000, 500, 100], [3000, 2000, 200])
        self.assertEqual((first.process, second.process), ("main", "content"))
        self.assertEqual((first.expected, first.excess, first.share), (2000, 1000, 0.5))
        self.assertEqual((second.expected, second.excess, second.share), (1000, 1000, 0.5))
        self.assertEqual((first.ratio, second.ratio), (1.5, 2))

    def test_the_limits_of_a_ratio_by_hand(self) -> None:
        """One crash after one, in as many hours: the odds of a share between 0.0126 and 0.9874."""
        lower, upper = ratio_limits(np.array([1.0]), np.array([1.0]), 1, 1, 0.025)
        # One of two at least: 1 - (1 - p)^2 = 0.025.
        share = 1 - math.sqrt(0.975)
        far = -math.log(share / (1 - share))
        expected = math.exp(-math.hypot(far, special.ndtri(0.025) * 0.05))
        self.assertAlmostEqual(lower[0], expected, places=12)
        self.assertAlmostEqual(upper[0], 1 / expected, places=12)

    def test_limits_are_open_where_nothing_crashed(self) -> None:
        """Without crashes now the lower limit is 0; without crashes before the upper is none."""
        lower, upper = ratio_limits(np.array([5.0, 0.0]), np.array([0.0, 5.0]), 1, 1, 0.025)
        self.assertEqual((lower[0], upper[1]), (0, math.inf))
        self.assertAlmostEqual(lower[1], 1 / (0.025**-0.2 - 1), places=12)
        # None of five: (1 - share)^5 = 0.025; without a ratio nothing is added for drift.
        self.assertAlmostEqual(upper[0], 0.025**-0.2 - 1, places=12)

    def test_a_new_process_has_no_ratio(self) -> None:
        """What never crashed before is listed without a ratio, from how often on is its limit."""
        (row,) = _ranked([1000, 500, 0], [2000, 1000, 60])
        self.assertEqual((row.process, row.crash_class), ("gpu", None))
        self.assertEqual((row.expected, row.ratio, row.upper), (0, None, None))
        self.assertGreater(row.lower, 1)

    def test_the_share_has_limits_only_where_there_is_an_excess(self) -> None:
        """Where the whole may not have risen at all, what share a row has of it nobody can tell."""
        (row,) = _ranked([1000, 5000, 0], [2000, 9900, 60])
        self.assertEqual((row.share, row.share_lower, row.share_upper), (None, None, None))
        certain, *_ = _ranked([1000, 500, 100], [9000, 1000, 200])
        self.assertLess(certain.share_lower or 0, certain.share or 0)
        self.assertLess(certain.share or 0, certain.share_upper or 0)

    def test_the_limits_of_a_share_by_hand(self) -> None:
        """The only row that crashes holds the whole excess, without any doubt."""
        (row,) = _ranked([100, 0, 0], [600, 0, 0])
        for value in (row.share, row.share_lower, row.share_upper):
            self.assertAlmostEqual(value or 0, 1, places=9)

    def test_many_rows_are_allowed_for(self) -> None:
        """A row that is plain among three is not listed among 3,000."""
        before, now = [100.0, 100.0, 100.0], [270.0, 200.0, 200.0]
        self.assertEqual(len(_ranked(before, now)), 1)
        rows = [*_ROWS, *((f"p{i}", None) for i in range(3000))]
        many = np.array([*before, *[1.0] * 3000]), np.array([*now, *[2.0] * 3000])
        self.assertEqual(ranked_processes(rows, *many, 2.0, 1), ())

    def test_bursts_are_allowed_for(self) -> None:
        """With few clients who crash often the same row is not listed."""
        self.assertEqual(_ranked([100, 100, 100], [270, 200, 200], phi=3), ())

    def test_rows_without_crashes_cost_nothing(self) -> None:
        """Names that never crashed change no other row's verdict."""
        rows = [*_ROWS, *((f"p{i}", None) for i in range(3000))]
        before = np.array([100.0, 100.0, 100.0, *[0.0] * 3000])
        now = np.array([270.0, 200.0, 200.0, *[0.0] * 3000])
        found = ranked_processes(rows, before, now, 2.0, 1)
        self.assertEqual(found, _ranked([100, 100, 100], [270, 200, 200]))


if __name__ == "__main__":
    unittest.main()
