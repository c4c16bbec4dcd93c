from __future__ import annotations

import math
import unittest
from datetime import date

import numpy as np

from crash_rate_aggregates.verdicts.delays import ALL_LAGS
from crash_rate_aggregates.verdicts.watch.volumes import HoursShare, fit_hours_share, is_year_end


def table_of(shares: list[float]) -> np.ndarray:
    """Return hours of dates of which these shares come on day 0 and the rest on day 1."""
    table = np.zeros((len(shares), 8))
    table[:, 0], table[:, 1] = shares, 1 - np.array(shares)
    return table


class HoursShareTest(unittest.TestCase):
    def test_weekdays(self) -> None:
        """A weekday's share is .7 its own and .3 that of all, as logarithms."""
        hours = table_of([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25] * 8)
        share = fit_hours_share(hours, np.arange(56) % 7, [0])
        assert share is not None
        overall = (6 * math.log(0.5) + math.log(0.25)) / 7
        self.assertAlmostEqual(share.log_share[0], 0.7 * math.log(0.5) + 0.3 * overall)
        self.assertAlmostEqual(share.log_share[6], 0.7 * math.log(0.25) + 0.3 * overall)
        # What is left over: .3 of each distance from the overall mean; 49 degrees of freedom.
        left = [0.3 * (math.log(one) - overall) for one in (0.5,) * 6 + (0.25,)]
        self.assertAlmostEqual(
            share.log_variance, float(np.square(left).mean()) * 56 / 49, places=12
        )

    def test_few_dates(self) -> None:
        """Below 28 dates all weekdays are alike; below 14 nothing is known."""
        hours = table_of([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25] * 3)
        share = fit_hours_share(hours, np.arange(21) % 7, [0])
        assert share is not None
        self.assertAlmostEqual(share.log_share[6], (6 * math.log(0.5) + math.log(0.25)) / 7)
        self.assertIsNone(fit_hours_share(hours[:13], np.arange(13) % 7, [0]))

    def test_all_lags(self) -> None:
        """With all eight lags everything is there."""
        self.assertEqual(fit_hours_share([], [], ALL_LAGS), HoursShare((0.0,) * 7, 0.0))

    def test_year_end(self) -> None:
        """The days when people are away begin with 24 December and end with 1 January."""
        days = [(12, 23), (12, 24), (12, 31), (1, 1), (1, 2)]
        self.assertEqual(
            [is_year_end(date(2026, *day)) for day in days], [False, True, True, True, False]
        )


if __name__ == "__main__":
    unittest.main()
