from __future__ import annotations

import math
import unittest

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.delays import ALL_LAGS, Delay, fit_delay
from crash_rate_aggregates.verdicts.quantiles import student_quantile
from test.worked_numbers import HAS_WORKED_NUMBERS, delay_matrix, worked


def of_shares(first: list[float], totals: Floats | float) -> Floats:
    """Return amounts by date and lag: a share of each total on day 0, the rest on day 1."""
    shares = np.array(first)
    table = np.zeros((len(shares), 8))
    table[:, 0], table[:, 1] = shares * totals, (1 - shares) * totals
    return table


class FitDelayTest(unittest.TestCase):
    def test_fourteen_dates_by_hand(self) -> None:
        """Of dates that are all alike the shares are theirs, and counts alone make the variance."""
        hours, crashes = of_shares([0.5] * 14, 1000.0), of_shares([0.8] * 14, 1000.0)
        delay = fit_delay(hours, crashes, np.arange(14) % 7, 2.0, [0])
        assert delay is not None
        weights = 2.0 ** (-np.arange(14) / 28)
        share = (800 * weights.sum() + 0.5) / (1000 * weights.sum() + 0.5)
        self.assertAlmostEqual(delay.crash_completeness[3], share, places=12)
        self.assertAlmostEqual(delay.hour_completeness[3], 0.5, places=12)
        self.assertAlmostEqual(delay.log_bias[3], math.log(share / 0.5), places=12)
        # No variance beyond counts; the sampling error of the bias itself remains.
        n = weights.sum() ** 2 / np.square(weights).sum()
        of_counts = 2 * (1 - share) / (share * 1000)
        inflation = (student_quantile(0.975, n - 1) / 1.959963984540054) ** 2
        self.assertAlmostEqual(delay.log_variance, of_counts / n * inflation, places=12)
        self.assertFalse(delay.delays_changed)

    def test_too_few_dates(self) -> None:
        """Thirteen complete dates tell nothing, and neither do dates without any crash."""
        table = of_shares([0.5] * 14, 1000.0)
        self.assertIsNone(fit_delay(table[1:], table[1:], np.arange(13) % 7, 3.0, [0]))
        self.assertIsNone(fit_delay(table, 0 * table, np.arange(14) % 7, 3.0, [0]))

    def test_all_lags(self) -> None:
        """With all eight lags nothing is left to correct, however few dates are known."""
        delay = fit_delay(np.zeros((0, 8)), np.zeros((0, 8)), [], 3.0, ALL_LAGS)
        assert delay is not None
        self.assertTrue(delay.is_complete)
        self.assertEqual((delay.log_bias, delay.log_variance), ((0.0,) * 7, 0.0))

    def test_weekdays(self) -> None:
        """From 28 dates on a weekday that differs every week is nearer to its own than to all."""
        shares = [0.8, 0.8, 0.8, 0.8, 0.4, 0.8, 0.8] * 8
        hours, crashes = of_shares([0.5] * 56, 1e6), of_shares(shares, 1e6)
        weekdays = np.arange(56) % 7
        delay = fit_delay(hours, crashes, weekdays, 3.0, [0])
        assert delay is not None
        self.assertTrue(0.4 < delay.crash_completeness[4] < 0.5)
        self.assertAlmostEqual(delay.crash_completeness[1], 0.8, delta=0.02)
        few = fit_delay(hours[:27], crashes[:27], weekdays[:27], 3.0, [0])
        assert few is not None
        self.assertEqual(few.crash_completeness[4], few.crash_completeness[1])

    def test_missing_submission_date(self) -> None:
        """A lag that is not stored counts nowhere: neither so far nor in the shares."""
        table = np.tile([500.0, 300, 100, 20, 20, 20, 20, 20], (20, 1))
        delay = fit_delay(table, table, np.arange(20) % 7, 3.0, {0, 2})
        assert delay is not None
        self.assertAlmostEqual(delay.hour_completeness[0], 0.6)

    def test_empty_dates(self) -> None:
        """Dates without hours or crashes weigh nothing; the others are as without them."""
        hours, crashes = of_shares([0.5] * 30, 1000.0), of_shares([0.8] * 30, 1000.0)
        hours[3], crashes[11] = 0, 0
        delay = fit_delay(hours, crashes, np.arange(30) % 7, 3.0, [0])
        assert delay is not None
        self.assertAlmostEqual(delay.log_bias[0], math.log(0.8 / 0.5), places=3)

    def test_delays_changed(self) -> None:
        """A week in which crashes come in sooner than ever is told as a change of delays."""
        generator = np.random.default_rng(1)
        shares = generator.normal(0.7, 0.02, 56)
        hours = of_shares([0.5] * 56, 1e6)
        before = fit_delay(hours, of_shares(list(shares), 1e5), np.arange(56) % 7, 3.0, [0])
        shares[-7:] += 0.15
        after = fit_delay(hours, of_shares(list(shares), 1e5), np.arange(56) % 7, 3.0, [0])
        self.assertEqual(_changed(before), False)
        self.assertEqual(_changed(after), True)

    def test_scale(self) -> None:
        """Hours of another unit change nothing."""
        generator = np.random.default_rng(2)
        hours = of_shares(list(generator.uniform(0.4, 0.6, 56)), 1e6)
        crashes = of_shares(list(generator.uniform(0.6, 0.8, 56)), 1e4)
        one = fit_delay(hours, crashes, np.arange(56) % 7, 3.0, [0])
        other = fit_delay(3600 * hours, crashes, np.arange(56) % 7, 3.0, [0])
        assert one is not None
        assert other is not None
        np.testing.assert_allclose(one.log_bias, other.log_bias)
        self.assertAlmostEqual(one.log_variance, other.log_variance)


def _changed(delay: Delay | None) -> bool | None:
    return delay.delays_changed if delay else None


if HAS_WORKED_NUMBERS:

    class WorkedDelayTest(unittest.TestCase):
        def test_worked_file(self) -> None:
            """The bias, completeness and variance of days 0 to 3 are those of the worked file."""
            hours, crashes = delay_matrix("usage_hours"), delay_matrix("main_crashes")
            weekdays = np.arange(70) % 7
            for one in worked("nowcast")["answers"]:
                lags = range(one["days_late"] + 1)
                delay = fit_delay(hours[2:58], crashes[2:58], weekdays[2:58], 3.0, lags)
                assert delay is not None
                weekday = one["activity_day"] % 7
                self.assertAlmostEqual(delay.log_bias[weekday], one["g"], places=9)
                self.assertAlmostEqual(
                    delay.crash_completeness[weekday], one["completeness_of_crashes"], places=9
                )
                self.assertAlmostEqual(delay.log_variance, one["V"], places=9)


if __name__ == "__main__":
    unittest.main()
