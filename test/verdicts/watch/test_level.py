from __future__ import annotations

import unittest

import numpy as np

from crash_rate_aggregates.verdicts.watch.level import fit_level

_NOTHING = np.zeros(56)
_WEEKDAYS = np.arange(56) % 7


class FitLevelTest(unittest.TestCase):
    def test_constant(self) -> None:
        """A series that never moves has its value as its level, and the least variance."""
        level = fit_level(np.full(56, 2.0), _NOTHING, _WEEKDAYS)
        assert level is not None
        self.assertAlmostEqual(level.mean, 2.0)
        self.assertAlmostEqual(level.system_variance, 0.01**2 * 56 / 48)
        np.testing.assert_allclose(level.effects, np.zeros(7), atol=1e-12)

    def test_step(self) -> None:
        """The last date moves the level a quarter of the way, and never more than .125."""
        for last, mean in ((0.2, 0.05), (-0.2, -0.05), (10.0, 0.125)):
            values = np.zeros(56)
            values[-1] = last
            level = fit_level(values, _NOTHING, _WEEKDAYS)
            assert level is not None
            self.assertAlmostEqual(level.mean, mean)

    def test_variance(self) -> None:
        """Dates that lie above and below in turn have the variance of their distances."""
        # The level swings by a seventh of theirs, so that they lie 8/7 of it away.
        values = 0.07 * np.where(np.arange(57) % 2, -1, 1)
        level = fit_level(values, np.zeros(57), np.zeros(57, dtype=int))
        assert level is not None
        by_hand = (1.4826 * 0.08) ** 2 * 57 / 49
        self.assertAlmostEqual(level.system_variance / by_hand, 1, delta=0.02)
        of_counts = fit_level(values, np.full(57, 0.001), np.zeros(57, dtype=int))
        assert of_counts is not None
        self.assertAlmostEqual(
            level.system_variance - of_counts.system_variance, 0.001 * 57 / 49, places=9
        )

    def test_weekday(self) -> None:
        """What is expected of a weekday is the level with the weekday's effect."""
        pattern = np.array([0.06, 0.03, 0, -0.03, -0.06, 0.03, -0.03])
        level = fit_level(np.tile(pattern, 8), _NOTHING, _WEEKDAYS)
        assert level is not None
        np.testing.assert_allclose(level.effects, pattern * 8 / 12, atol=1e-12)
        self.assertAlmostEqual(level.expected(4), level.mean - 0.04)

    def test_restart(self) -> None:
        """After a restart only the dates since count, from the median of the first seven on."""
        values = np.concatenate([np.zeros(49), [1.0, 1.0, 1.0, 9.0, 1.0, 1.0, 1.0]])
        level = fit_level(values, _NOTHING, _WEEKDAYS, restart=49)
        assert level is not None
        # The fourth date moves it by .125, and the three after it bring it a quarter back each.
        self.assertAlmostEqual(level.mean, 1 + 0.125 * 0.75**3)

    def test_too_few_dates(self) -> None:
        """Below 28 known dates there is no level."""
        values = np.full(56, np.nan)
        values[:27] = 0.0
        self.assertIsNone(fit_level(values, _NOTHING, _WEEKDAYS))
        values[27] = 0.0
        self.assertIsNotNone(fit_level(values, _NOTHING, _WEEKDAYS))


if __name__ == "__main__":
    unittest.main()
