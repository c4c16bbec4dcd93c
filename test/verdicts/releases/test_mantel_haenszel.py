from __future__ import annotations

import unittest

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.verdicts.releases.mantel_haenszel import (
    LogRatio,
    age_sums,
    beside,
    log_rate_ratio,
    log_rate_ratio_of_ages,
)
from crash_rate_aggregates.verdicts.releases.version_days import StratumSums
from test import property_tests
from test.verdicts.releases.worked_verdict import PLAIN, sums_of, worked_verdicts

_ = property_tests
STRATA = st.lists(
    st.tuples(*[st.integers(1, 500)] * 2, *[st.integers(1_000, 90_000)] * 2),
    min_size=1,
    max_size=6,
)


def sides(strata: list[tuple[int, ...]]) -> tuple[StratumSums, StratumSums]:
    """Return two versions' sums of one age, each stratum given as xn, xp, hn, hp."""
    xn, xp, hn, hp = np.array(strata, dtype=float).T[:, np.newaxis]
    return StratumSums(hn, xn), StratumSums(hp, xp)


def ratio_of(new: StratumSums, old: StratumSums, *, phi: float = 3.0) -> LogRatio:
    """Return the log ratio over all ages."""
    return log_rate_ratio(age_sums(new, old), phi)


class LogRateRatioTest(unittest.TestCase):
    def test_worked_numbers(self) -> None:
        """Two ages and three cells give the log ratio and variance worked out for them."""
        for worked in worked_verdicts():
            with self.subTest(log_ratio=worked["log_ratio"]):
                ratio = ratio_of(sums_of(worked, "n"), sums_of(worked, "p"), phi=worked["phi"])
                self.assertAlmostEqual(ratio.value, worked["log_ratio"], delta=1e-6)
                self.assertAlmostEqual(ratio.variance, worked["variance"], delta=1e-6)

    def test_one_stratum(self) -> None:
        """In one stratum it is the plain ratio, with phi (1/xn + 1/xp) for a variance."""
        ratio = ratio_of(*sides([(30, 20, 1_000, 1_000)]), phi=2.0)
        self.assertAlmostEqual(ratio.value, np.log(1.5))
        self.assertAlmostEqual(ratio.variance, 2 * (1 / 30 + 1 / 20))

    def test_mix_changes_nothing(self) -> None:
        """Versions with equal rates in each stratum are equal, however their users are mixed."""
        ratio = ratio_of(*sides([(90, 10, 9_000, 1_000), (1, 9, 1_000, 9_000)]))
        self.assertAlmostEqual(ratio.value, 0.0)

    def test_strata_of_one_side(self) -> None:
        """A stratum in which one side has no hours says nothing."""
        new, old = sides([(30, 20, 1_000, 1_000), (500, 1, 1_000, 1_000)])
        old.hours[0, 1] = 0
        old.crashes[0, 1] = 0
        self.assertAlmostEqual(ratio_of(new, old).value, np.log(1.5))
        self.assertEqual(beside(new, old).hours.tolist(), [[1_000.0, 0.0]])
        self.assertEqual(beside(new, old).crashes.tolist(), [[30.0, 0.0]])
        self.assertEqual(age_sums(new, old).overlap.tolist(), [500.0])

    def test_crashes_without_hours(self) -> None:
        """Crashes of a side without hours tell no ratio, though the other has hours there."""
        alone = ratio_of(*sides([(30, 20, 1_000, 1_000)]))
        for beside_it in ((0, 50, 1_000, 0), (50, 0, 0, 1_000), (5, 50, 1_000, 0)):
            ratio = ratio_of(*sides([(30, 20, 1_000, 1_000), beside_it]))
            self.assertEqual((ratio.value, ratio.variance), (alone.value, alone.variance))

    def test_no_crashes(self) -> None:
        """Without crashes on a side there is no ratio."""
        new, old = sides([(30, 20, 1_000, 1_000)])
        nothing = StratumSums(old.hours, np.zeros_like(old.crashes))
        for one, other in ((new, nothing), (nothing, old)):
            ratio = ratio_of(one, other)
            self.assertTrue(np.isnan([ratio.value, ratio.variance]).all())

    def test_weights_of_ages(self) -> None:
        """An age with the weight 0 counts like one that is not there."""
        worked = [sums_of(PLAIN, side) for side in "np"]
        first = ratio_of(*(StratumSums(one.hours[:1], one.crashes[:1]) for one in worked))
        weighted = log_rate_ratio(age_sums(*worked), 3.0, np.array([2.0, 0.0]))
        self.assertAlmostEqual(weighted.value, first.value)
        self.assertAlmostEqual(weighted.variance, first.variance)

    def test_several_at_once(self) -> None:
        """Ages on their own, and several pairs, have the log ratios that each has alone."""
        new, old = (sums_of(PLAIN, side) for side in "np")
        alone = [
            ratio_of(
                *(StratumSums(s.hours[age : age + 1], s.crashes[age : age + 1]) for s in (new, old))
            )
            for age in range(2)
        ]
        ages = log_rate_ratio_of_ages(age_sums(new, old), 3.0)
        np.testing.assert_allclose(ages.value, [one.value for one in alone])
        np.testing.assert_allclose(ages.variance, [one.variance for one in alone])
        twice = (
            StratumSums(np.stack([s.hours] * 2), np.stack([s.crashes] * 2)) for s in (new, old)
        )
        pairs = ratio_of(*twice)
        np.testing.assert_allclose(pairs.value, [ratio_of(new, old).value] * 2)

    @given(STRATA)
    def test_swapped_versions(self, strata: list[tuple[int, ...]]) -> None:
        """Swapped versions have the opposite log ratio, with the same variance."""
        new, old = sides(strata)
        ratio, swapped = ratio_of(new, old), ratio_of(old, new)
        self.assertAlmostEqual(ratio.value, -swapped.value)
        self.assertAlmostEqual(ratio.variance, swapped.variance)

    @given(STRATA, st.floats(0.01, 100))
    def test_scaled_hours(self, strata: list[tuple[int, ...]], factor: float) -> None:
        """Hours of both sides in another unit change neither ratio nor variance."""
        new, old = sides(strata)
        scaled = (StratumSums(one.hours * factor, one.crashes) for one in (new, old))
        ratio, other = ratio_of(new, old), ratio_of(*scaled)
        self.assertAlmostEqual(ratio.value, other.value)
        self.assertAlmostEqual(ratio.variance, other.variance)

    @given(STRATA, st.randoms(use_true_random=False))
    def test_order_of_strata(self, strata: list[tuple[int, ...]], random: object) -> None:
        """The order of strata does not matter, nor whether they are of one age or of several."""
        shuffled = sorted(strata, key=lambda _: random.random())  # type: ignore[attr-defined]
        ratio = ratio_of(*sides(strata))
        other = ratio_of(*(StratumSums(s.hours.T, s.crashes.T) for s in sides(shuffled)))
        self.assertAlmostEqual(ratio.value, other.value)
        self.assertAlmostEqual(ratio.variance, other.variance)

    @given(STRATA, st.integers(2, 9))
    def test_more_data(self, strata: list[tuple[int, ...]], times: int) -> None:
        """So many times the data have the same ratio and so much less variance."""
        new, old = sides(strata)
        more = (StratumSums(one.hours * times, one.crashes * times) for one in (new, old))
        ratio, other = ratio_of(new, old), ratio_of(*more)
        self.assertAlmostEqual(ratio.value, other.value)
        self.assertAlmostEqual(ratio.variance / times, other.variance)
