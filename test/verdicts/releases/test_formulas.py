"""The contrasts beside plain loops over the formulas of docs/statistics/releases.md."""

from __future__ import annotations

import math
import unittest
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median
from typing import NamedTuple

import numpy as np

from crash_rate_aggregates.verdicts.releases.equal_age import equal_age
from crash_rate_aggregates.verdicts.releases.same_days import Pair, same_days
from crash_rate_aggregates.verdicts.releases.version_days import VersionDays

PHI = 2.5
FIRST_DAY = 739_000
AGES = 22
CELLS = 3


class Sums(NamedTuple):
    """R, S, Q and I of one age."""

    right: float
    left: float
    spread: float
    information: float


def version(rng: np.random.Generator, first_day: int) -> VersionDays:
    """Draw a version, some strata of which have no hours on some days, but never all."""
    hours = rng.gamma(2.0, 500.0, (AGES, 8, CELLS)) * 0.5 ** np.arange(8)[:, np.newaxis]
    hours *= rng.random((AGES, 1, CELLS)) < [1.0, 0.8, 0.8]
    return VersionDays(first_day, hours, rng.poisson(hours * 0.05).astype(float))


def lags(first_day: int, age: int, today: int) -> int:
    """Return K(age)."""
    return min(max(today + 1 - first_day - age, 0), 8)


def sums(pair: Pair, age: int, known: int) -> Sums:
    """Return the sums over strata of an age of the newer version, known by so many dates."""
    old_age = age + pair.new.first_day - pair.old.first_day
    right = left = spread = information = 0.0
    for cell in range(CELLS):
        hn, xn = (float(one[age, :known, cell].sum()) for one in (pair.new.hours, pair.new.crashes))
        hp, xp = (
            float(one[old_age, :known, cell].sum()) for one in (pair.old.hours, pair.old.crashes)
        )
        if hn > 0 and hp > 0:
            right += xn * hp / (hn + hp)
            left += xp * hn / (hn + hp)
            spread += (xn + xp) * hn * hp / (hn + hp) ** 2
            information += hn * hp / (hn + hp)
    return Sums(right, left, spread, information)


def pooled(ages: Sequence[Sums], factors: Sequence[float]) -> tuple[float, float]:
    """Return theta and v."""
    right = sum(c * one.right for c, one in zip(factors, ages, strict=True))
    left = sum(c * one.left for c, one in zip(factors, ages, strict=True))
    spread = sum(c**2 * one.spread for c, one in zip(factors, ages, strict=True))
    return math.log(right / left), PHI * spread / (right * left)


def weights_of(ages: Sequence[Sums]) -> list[float]:
    """Return W."""
    total = sum(one.right + one.left for one in ages) / 2
    rate = total / sum(one.information for one in ages)
    return [
        1 / (PHI / (rate * one.information) + 0.02**2 + (0.1 * math.exp(-age / 5)) ** 2)
        for age, one in enumerate(ages)
    ]


def days_apart(earlier: Sequence[Pair], today: int) -> float:
    """Return inter^2."""
    differences, counts = [], []
    for pair in earlier:
        known = [lags(pair.new.first_day, age, today) for age in range(14)]
        # Of the newest pair the last days are still to come.
        days = [
            pooled([sums(pair, age, number)], [1.0]) for age, number in enumerate(known) if number
        ]
        for one, two, three in zip(days, days[1:], days[2:], strict=False):
            differences.append(abs(one[0] - 2 * two[0] + three[0]))
            counts.append((one[1] + 4 * two[1] + three[1]) / 6)
    return max(0.02**2, (1.4826 * median(differences)) ** 2 / 6 - median(counts))


class SameDaysFormulaTest(unittest.TestCase):
    def test_log_ratio_and_its_uncertainty(self) -> None:
        """Four evenings of drawn versions give what the formulas give, loop by loop."""
        rng = np.random.default_rng(17)
        versions = [version(rng, FIRST_DAY - 7 * number) for number in range(7)]
        pair, *earlier = (Pair(*both) for both in pairwise(versions))
        for later in (0, 1, 6, 21):
            with self.subTest(later=later):
                self._check(pair, earlier, FIRST_DAY + later)

    def _check(self, pair: Pair, earlier: Sequence[Pair], today: int) -> None:
        known = [lags(FIRST_DAY, age, today) for age in range(14)]
        known = [number for number in known if number]
        ages = [sums(pair, age, number) for age, number in enumerate(known)]
        weights = weights_of(ages)
        theta, variance = pooled(
            ages, [w / one.information for w, one in zip(weights, ages, strict=True)]
        )
        others = []
        for one in earlier:
            own = [sums(one, age, number) for age, number in enumerate(known)]
            factors = [w / day.information for w, day in zip(weights, own, strict=True)]
            others.append(pooled(own, factors))
        mean, sys2, df = self._excess(others)
        shares = [w / sum(weights) for w in weights]
        found = same_days(pair, earlier, today, phi=PHI)
        assert found
        self.assertAlmostEqual(found.log_ratio, theta - mean, delta=1e-9)
        expected = variance + days_apart(earlier, today) * sum(share**2 for share in shares)
        self.assertAlmostEqual(found.variance, expected, delta=1e-9)
        self.assertAlmostEqual(found.systematic_sd**2, sys2, delta=1e-9)
        self.assertEqual(found.df, df)

    def _excess(self, others: Sequence[tuple[float, float]]) -> tuple[float, float, int]:
        thetas, variances = zip(*others, strict=True)
        number = len(others)
        middle = median(thetas)
        deviation = 1.4826 * median(abs(theta - middle) for theta in thetas)
        reach = 3 * max(deviation, math.sqrt(0.04**2 + fmean(variances)))
        drawn_in = [min(max(theta, middle - reach), middle + reach) for theta in thetas]
        mean = fmean(drawn_in)
        squares = sum((theta - mean) ** 2 for theta in drawn_in)
        counts = fmean(variances)
        more = max(0.0, squares - (number - 1) * counts)
        between = max(0.02**2, (4 * 0.04**2 + more) / (3 + number))
        return mean, between + (between + counts) / number, 3 + number


class EqualAgeFormulaTest(unittest.TestCase):
    def test_log_ratio_and_its_uncertainty(self) -> None:
        """Three evenings of drawn versions give what the formulas give, loop by loop."""
        rng = np.random.default_rng(18)
        new, old = version(rng, FIRST_DAY), version(rng, FIRST_DAY - 9)
        late = np.array([0.01 * 0.5**number for number in range(8)])
        drift = 0.1 / np.arange(1, 8)
        effect = np.linspace(-0.06, 0.06, 7)
        for later in (0, 3, 21):
            with self.subTest(later=later):
                found = equal_age(
                    new,
                    old,
                    FIRST_DAY + later,
                    phi=PHI,
                    tau=0.05,
                    drift=drift,
                    late_variance=late,
                    weekday_effect=effect,
                )
                assert found
                # As if the old version had come on the new one's day: its ages are the same then.
                beside = Pair(new, VersionDays(FIRST_DAY, old.hours, old.crashes))
                known = [lags(FIRST_DAY, age, FIRST_DAY + later) for age in range(14)]
                known = [number for number in known if number]
                ages = [sums(beside, age, number) for age, number in enumerate(known)]
                theta, variance = pooled(ages, [1.0] * len(ages))
                crashes = [self._crashes(beside, age, number) for age, number in enumerate(known)]
                weights = [one / sum(crashes) for one in crashes]
                apart = sum(
                    weight
                    * (effect[(FIRST_DAY + age - 1) % 7] - effect[(FIRST_DAY - 9 + age - 1) % 7])
                    for age, weight in enumerate(weights)
                )
                self.assertAlmostEqual(found.log_ratio, theta - apart, delta=1e-9)
                days = sum(
                    weight**2 * (0.05**2 + 0.015**2 + late[number - 1])
                    for weight, number in zip(weights, known, strict=True)
                )
                self.assertAlmostEqual(found.variance, variance + 2 * days, delta=1e-9)
                number = min(7, round(1 / sum(weight**2 for weight in weights)))
                expected = math.hypot(drift[number - 1], 0.06)
                self.assertAlmostEqual(found.systematic_sd, expected, delta=1e-9)

    def _crashes(self, pair: Pair, age: int, known: int) -> float:
        has_hours = pair.old.hours[age, :known].sum(axis=0) > 0
        return float(pair.new.crashes[age, :known].sum(axis=0)[has_hours].sum())
