from __future__ import annotations

import math
import unittest

import numpy as np

from crash_rate_aggregates.verdicts.deliveries import Delivery, came_otherwise, departure

_LAGS = frozenset({0, 1})


def table_of(first_shares: list[float]) -> np.ndarray:
    """Return hours of dates of which these shares of two days' hours came on day 0."""
    table = np.zeros((len(first_shares), 8))
    table[:, 0], table[:, 1] = first_shares, 1 - np.array(first_shares)
    table[:, 7] = 0.2
    return table


def delivery_of(first: float, second: float) -> Delivery:
    """Return what has come of a Monday by the next day."""
    return Delivery((first, second, 0, 0, 0, 0, 0, 0), _LAGS, 0)


class DepartureTest(unittest.TestCase):
    def test_by_hand(self) -> None:
        """The share of the first day is compared as a logarithm; the least sd is .01."""
        weekdays, table = np.arange(56) % 7, table_of([0.6] * 56)
        same = departure(table, weekdays, delivery_of(60, 40))
        halved = departure(table, weekdays, delivery_of(30, 40))
        self.assertAlmostEqual(same or 0, 0)
        # No date differs: 0 is too little to be believed.
        self.assertAlmostEqual(halved or 0, math.log(3 / 7 / 0.6) / 0.01)

    def test_spread(self) -> None:
        """What is usual varies as much as complete dates do, by their median."""
        shares = [0.6 * math.exp(0.05 * (-1) ** (day // 7)) for day in range(56)]
        shares[20] = 0.1
        found = departure(table_of(shares), np.arange(56) % 7, delivery_of(30, 40))
        sd = 1.4826 * 0.05 * math.sqrt(56 / 49)
        self.assertAlmostEqual(found or 0, math.log(3 / 7 / 0.6) / sd, delta=0.3)

    def test_weekdays(self) -> None:
        """A weekday on which less comes on the day itself is compared with itself, for .7."""
        shares = [0.3, *[0.6] * 6] * 8
        found = departure(table_of(shares), np.arange(56) % 7, delivery_of(30, 70))
        self.assertAlmostEqual(found or 0, 0.3 * math.log(0.5) / 0.01, delta=0.01)

    def test_nothing_to_compare(self) -> None:
        """One day alone, no hours on it, or fewer than 28 complete dates tell nothing."""
        weekdays, table = np.arange(56) % 7, table_of([0.6] * 56)
        alone = Delivery((60, 0, 0, 0, 0, 0, 0, 0), frozenset({0}), 0)
        self.assertIsNone(departure(table, weekdays, alone))
        self.assertIsNone(departure(table, weekdays, delivery_of(0, 40)))
        self.assertIsNone(departure(table[:27], weekdays[:27], delivery_of(60, 40)))

    def test_verdict(self) -> None:
        """Beyond four standard deviations, to either side, a date came in otherwise."""
        self.assertTrue(came_otherwise(4.1))
        self.assertTrue(came_otherwise(-4.1))
        self.assertFalse(came_otherwise(3.9))
        self.assertFalse(came_otherwise(None))


if __name__ == "__main__":
    unittest.main()
