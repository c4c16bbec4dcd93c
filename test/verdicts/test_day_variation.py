from __future__ import annotations

import unittest

import numpy as np

from crash_rate_aggregates.verdicts.day_variation import day_variation, weekday_effects
from crash_rate_aggregates.verdicts.intervals import log_variance_of_days, rate_interval
from crash_rate_aggregates.verdicts.quantiles import Z95, student_quantile
from test.worked_numbers import HAS_WORKED_NUMBERS, delay_matrix, worked

_HOURS = 1e12
"""So many that counts explain nothing."""


def of_log_rates(log_rates: list[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the crashes, hours and weekdays of days with these log rates."""
    days = len(log_rates)
    return _HOURS * np.exp(log_rates), np.full(days, _HOURS), np.arange(days) % 7


class DayVariationTest(unittest.TestCase):
    def test_nine_days_by_hand(self) -> None:
        """Of nine days the second differences tell the variation, enlarged for so few."""
        # Second differences of 0 .1 0 0 .2 0 0 .3 0: -.2 .1 .2 -.4 .2 .3 -.6; median of |.| is .2.
        found = day_variation(*of_log_rates([0, 0.1, 0, 0, 0.2, 0, 0, 0.3, 0]), 3.0)
        by_hand = 1.4826 * 0.2 / 6**0.5 * student_quantile(0.975, 20 * 9 / 56) / Z95
        self.assertAlmostEqual(found.tau or 0, by_hand, places=9)
        self.assertEqual(found.days, 9)

    def test_too_few_days(self) -> None:
        """Of eight days nothing is known, nor of nine that are not three in a row."""
        eight = day_variation(*of_log_rates([0, 0.1, 0, 0, 0.2, 0, 0, 0.3]), 3.0)
        self.assertEqual((eight.tau, eight.days), (None, 8))
        crashes, hours, weekdays = of_log_rates([0.1] * 14)
        hours[2::3] = 0
        pairs = day_variation(crashes, hours, weekdays, 3.0)
        self.assertEqual((pairs.tau, pairs.days), (None, 10))

    def test_counts_explain_it(self) -> None:
        """Days that differ no more than few crashes do have no variation of their own."""
        crashes = np.array([10, 12, 9, 11, 10, 8, 12, 10, 11, 9, 10, 12])
        found = day_variation(crashes, np.full(12, 1000.0), np.arange(12) % 7, 3.0)
        self.assertEqual(found.tau, 0.0)

    def test_trend_and_weekdays_drop_out(self) -> None:
        """A steady trend drops out; a pattern of weekdays is found, but for the shrinkage."""
        pattern = np.array([0.03, 0.01, 0, -0.01, -0.05, 0.04, -0.02])
        trend = 0.01 * np.arange(56)
        effects = weekday_effects(trend + np.tile(pattern, 8), np.arange(56) % 7)
        np.testing.assert_allclose(effects, pattern * 8 / 12, atol=1e-12)

    def test_no_weekdays_below_four_weeks(self) -> None:
        """With 27 days nothing is said of weekdays."""
        effects = weekday_effects(np.tile(np.arange(7.0), 4)[:27], np.arange(27) % 7)
        np.testing.assert_array_equal(effects, np.zeros(7))

    def test_memory(self) -> None:
        """Days of which each keeps .4 of the day before have a memory, independent ones little."""
        generator = np.random.default_rng(3)
        independent, with_memory = [], []
        for _ in range(40):
            days = generator.normal(0, 0.1, 56)
            independent.append(day_variation(*of_log_rates(list(days)), 3.0).memory)
            for day in range(1, 56):
                days[day] += 0.4 * days[day - 1]
            with_memory.append(day_variation(*of_log_rates(list(days)), 3.0).memory)
        # Chance alone makes .1 of none; 56/80 of either remain.
        self.assertLess(float(np.mean(independent)), 0.12)
        self.assertAlmostEqual(float(np.mean(with_memory)), 0.4 * 56 / 80, delta=0.08)

    def test_memory_by_hand(self) -> None:
        """Of days that come in pairs the memory is the greatest there is, shrunk by 56/80."""
        # Differences over one day are 1 in size, over two 2: four times the variance.
        pairs = np.where(np.arange(56) % 4 < 2, 0.5, -0.5)
        found = day_variation(*of_log_rates(list(pairs)), 3.0)
        self.assertAlmostEqual(found.memory, 0.8 * 56 / 80, places=9)

    def test_gap_ends_a_run(self) -> None:
        """A date without a rate takes part in no window and no difference."""
        pattern = np.array([0.03, 0.01, 0, -0.01, -0.05, 0.04, -0.02])
        log_rates = np.tile(pattern, 8)
        log_rates[[20, 33]] = np.nan
        effects = weekday_effects(log_rates, np.arange(56) % 7)
        weeks = 54 / 7
        np.testing.assert_allclose(effects, pattern * weeks / (weeks + 4), atol=1e-12)

    def test_crashes_without_hours(self) -> None:
        """Crashes of a date without hours widen the interval of the whole as such days deserve."""
        crashes = np.array([105, 5, 105, 5, 105, 5, 105, 5, 105, 300])
        hours = np.array([1000.0] * 9 + [0.0])
        variation = day_variation(crashes, hours, np.arange(10) % 7, 3.0)
        assert variation.tau is not None
        log_variance = log_variance_of_days(crashes, variation.tau)
        found = rate_interval(crashes.sum(), hours.sum(), 3.0, log_variance)
        self.assertEqual(variation.days, 9)
        self.assertLess(found.lower, 56.0)
        self.assertGreater(found.upper, 147.6)


if HAS_WORKED_NUMBERS:

    class WorkedDayVariationTest(unittest.TestCase):
        def test_worked_file(self) -> None:
            """The weekday effects and the variation of 56 days are those of the worked file."""
            answer = worked("day_sd")
            crashes = delay_matrix("main_crashes")[:56].sum(axis=1)
            hours = delay_matrix("usage_hours")[:56].sum(axis=1)
            weekdays = np.arange(56) % 7
            effects = weekday_effects(np.log(crashes / hours), weekdays)
            np.testing.assert_allclose(effects, answer["weekday_effect"], atol=1e-9)
            found = day_variation(crashes, hours, weekdays, answer["phi"])
            self.assertAlmostEqual(found.tau or 0, answer["tau"], places=9)


if __name__ == "__main__":
    unittest.main()
