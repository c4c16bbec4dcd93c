from __future__ import annotations

import math
import unittest
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.mantel_haenszel import LogRatio
from crash_rate_aggregates.verdicts.releases.same_days import (
    Excess,
    Pair,
    day_variance,
    expected_excess,
    same_days,
)
from crash_rate_aggregates.verdicts.releases.version_days import VersionDays
from test import property_tests
from test.verdicts.releases.worked_verdict import FIRST_DAY, version_of

_ = property_tests
GAP = 2
PHI = 3.0


def pair(cycle: int, excess: float = 1.0, rate: float = 0.01, scale: float = 1.0) -> Pair:
    """Return a version of a cycle beside its predecessor, whose rate is 0.01.

    Args:
        cycle: 0 is the one that is judged, 1 the one before it.
        excess: Factor of the new one's rate on its first day beside the second.
        rate: The new one's.
        scale: Of hours and crashes.
    """
    first = FIRST_DAY - cycle * GAP
    hours = scale * np.array([[4_000.0, 2_000.0], [16_000.0, 9_000.0]])
    held = scale * np.array([[9_000.0, 8_000.0]] * 4)
    crashes = hours * rate * np.array([[excess], [1.0]])
    return Pair(version_of(hours, crashes, first), version_of(held, held * 0.01, first - GAP))


def contrast(judged: Pair, earlier: Sequence[Pair], today: int = FIRST_DAY + 20) -> Contrast:
    """Return the contrast, which there is."""
    found = same_days(judged, earlier, today, phi=PHI)
    assert found
    return found


def excess_of(values: Sequence[float], variance: float = 0.0) -> Excess:
    """Return what is expected after pairs of such log ratios."""
    return expected_excess(LogRatio(np.array(values), np.full(len(values), variance)))


class SameDaysTest(unittest.TestCase):
    def test_expected_excess_is_taken_off(self) -> None:
        """A version that differs as earlier ones did is as good as its predecessor."""
        found = contrast(pair(0, 1.4), [pair(cycle, 1.4) for cycle in range(1, 6)])
        self.assertAlmostEqual(found.log_ratio, 0.0)
        self.assertEqual(found.method, Method.SAME_DAYS)

    def test_worse_version(self) -> None:
        """What it differs by beyond the others is its own."""
        found = contrast(pair(0, 1.4, 0.012), [pair(cycle, 1.4) for cycle in range(1, 6)])
        self.assertAlmostEqual(found.log_ratio, math.log(1.2))

    def test_first_evening(self) -> None:
        """On its first evening it is compared with the first evenings of others."""
        earlier = [pair(cycle, 1.4) for cycle in range(1, 6)]
        found = contrast(pair(0, 1.4), earlier, FIRST_DAY)
        self.assertAlmostEqual(found.log_ratio, 0.0)
        self.assertEqual((found.hours, found.daily_hours), (6_000.0, 6_000.0))

    def test_day_of_both(self) -> None:
        """A day on which everybody crashes twice as often does no version wrong."""
        twice = pair(0)
        for version, age in ((twice.new, 1), (twice.old, 1 + GAP)):
            version.crashes[age] *= 2
        self.assertAlmostEqual(
            contrast(twice, [pair(cycle) for cycle in range(1, 6)]).log_ratio, 0.0
        )

    def test_other_adoption(self) -> None:
        """Earlier pairs are weighted by age like the one that is judged."""
        slow = pair(0, 1.4)
        slow.new.hours[1] /= 10
        slow.new.crashes[1] /= 10
        found = contrast(slow, [pair(cycle, 1.4) for cycle in range(1, 6)])
        self.assertAlmostEqual(found.log_ratio, 0.0, delta=0.003)

    def test_two_pairs(self) -> None:
        """Two earlier pairs are too few, also where a third lacks the days."""
        earlier = [pair(cycle) for cycle in range(1, 4)]
        self.assertIsNone(same_days(pair(0), earlier[:2], FIRST_DAY, phi=PHI))
        third = earlier[2].new
        short = Pair(
            VersionDays(third.first_day, third.hours[:1], third.crashes[:1]), earlier[2].old
        )
        last = FIRST_DAY + 20
        self.assertIsNone(same_days(pair(0), [*earlier[:2], short], last, phi=PHI))
        self.assertIsNotNone(same_days(pair(0), [*earlier[:2], short], FIRST_DAY, phi=PHI))

    @given(st.floats(0.1, 10))
    def test_scaled_hours(self, factor: float) -> None:
        """Hours of all versions in another unit change nothing."""
        pairs = [pair(cycle, 1 + cycle / 10) for cycle in range(6)]
        scaled = [
            Pair(
                VersionDays(one.new.first_day, one.new.hours * factor, one.new.crashes),
                VersionDays(one.old.first_day, one.old.hours * factor, one.old.crashes),
            )
            for one in pairs
        ]
        plain, other = (contrast(one[0], one[1:]) for one in (pairs, scaled))
        self.assertAlmostEqual(plain.log_ratio, other.log_ratio)
        self.assertAlmostEqual(plain.variance, other.variance)
        self.assertAlmostEqual(plain.systematic_sd, other.systematic_sd)

    @given(st.permutations(range(1, 6)))
    def test_order_of_pairs(self, order: Sequence[int]) -> None:
        """The order of earlier pairs does not matter."""
        judged = pair(0)
        plain = contrast(judged, [pair(cycle, 1 + cycle / 10) for cycle in range(1, 6)])
        other = contrast(judged, [pair(cycle, 1 + cycle / 10) for cycle in order])
        self.assertAlmostEqual(plain.log_ratio, other.log_ratio)
        self.assertAlmostEqual(plain.systematic_sd, other.systematic_sd)


class ExpectedExcessTest(unittest.TestCase):
    def test_equal_pairs(self) -> None:
        """Pairs that agree leave what 4 pairs with 4% would: s^2 = 4 .04^2 / (4 + J - 1)."""
        excess = excess_of([0.3] * 5)
        self.assertAlmostEqual(excess.mean, 0.3)
        self.assertAlmostEqual(excess.sd, math.sqrt(4 * 0.04**2 / 8 * (1 + 1 / 5)))
        self.assertEqual(excess.df, 8)

    def test_spread(self) -> None:
        """Between pairs that differ, their squares are added."""
        values = [0.25, 0.35, 0.25, 0.35]
        excess = excess_of(values)
        squares = 4 * 0.05**2
        self.assertAlmostEqual(excess.sd, math.sqrt((4 * 0.04**2 + squares) / 7 * (1 + 1 / 4)))

    def test_counts_explain(self) -> None:
        """What counts explain is not taken for a difference between pairs, but for their mean's."""
        values = [0.25, 0.35, 0.25, 0.35]
        excess = excess_of(values, 0.01)
        between = 4 * 0.04**2 / 7
        self.assertAlmostEqual(excess.sd, math.sqrt(between + (between + 0.01) / 4))

    def test_outlier(self) -> None:
        """A pair that stands out, as one with a worse version, is drawn in."""
        values = [0.0, 0.0, 0.0, 0.0, 2.0]
        excess = excess_of(values)
        self.assertAlmostEqual(excess.mean, 3 * 0.04 / 5)


class DayVarianceTest(unittest.TestCase):
    def test_few_days(self) -> None:
        """Without days enough to see, 3% is assumed."""
        self.assertEqual(day_variance([pair(1)], FIRST_DAY, PHI), 0.03**2)

    def test_quiet_days(self) -> None:
        """Days that do not differ count as 2%."""
        self.assertEqual(self._day_variance(0.0), 0.02**2)

    def test_varying_days(self) -> None:
        """Days whose log ratio goes up and down by 10% have MAD*^2/6 of second differences."""
        self.assertAlmostEqual(self._day_variance(0.1), (1.4826 * 0.4) ** 2 / 6)

    def _day_variance(self, swing: float) -> float:
        """Return the variance over 14 days of so many crashes that counts do not matter."""
        hours = np.full((14, 1), 1e12)
        crashes = 1e10 * np.exp(swing * (-1.0) ** np.arange(14))[:, np.newaxis]
        old = version_of(hours, np.full((14, 1), 1e10))
        return day_variance([Pair(version_of(hours, crashes), old)], FIRST_DAY + 20, PHI)
