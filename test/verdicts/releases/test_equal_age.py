from __future__ import annotations

import unittest
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.verdicts.arrays import LAGS
from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.equal_age import drifts_over, equal_age
from crash_rate_aggregates.verdicts.releases.version_days import VersionDays
from test import property_tests
from test.verdicts.releases.worked_verdict import FIRST_DAY, version_of, worked_verdicts

_ = property_tests
LATER = FIRST_DAY + 40
NO_DRIFT = np.zeros(7)


def contrast(new: VersionDays, old: VersionDays, today: int = LATER, **others: Any) -> Contrast:
    """Return the contrast, which there is, without variation of days where none is given."""
    found = equal_age(new, old, today, **{"phi": 3.0, "tau": 0.0, "drift": NO_DRIFT, **others})
    assert found
    return found


class EqualAgeTest(unittest.TestCase):
    def setUp(self) -> None:
        self.old = version_of([[80_000.0], [90_000.0]], [[200.0], [230.0]])
        self.new = version_of([[9_000.0], [15_000.0]], [[30.0], [50.0]], FIRST_DAY + 14)

    def test_worked_numbers(self) -> None:
        """The ratio and the counts' variance are those of strata of age and cell."""
        for worked in worked_verdicts():
            with self.subTest(log_ratio=worked["log_ratio"]):
                new = version_of(worked["hn"], worked["xn"], FIRST_DAY + 14)
                found = contrast(new, version_of(worked["hp"], worked["xp"]))
                self.assertAlmostEqual(found.log_ratio, worked["log_ratio"], delta=1e-6)
                crashes = np.sum(worked["xn"], axis=1)
                days = 2 * 0.015**2 * np.sum((crashes / crashes.sum()) ** 2)
                self.assertAlmostEqual(found.variance - days, worked["variance"], delta=1e-6)

    def test_variance_of_days(self) -> None:
        """Days of both versions vary, each counting by its share of the new one's crashes."""
        quiet, varying = (contrast(self.new, self.old, tau=tau) for tau in (0.0, 0.1))
        shares = (30 / 80) ** 2 + (50 / 80) ** 2
        self.assertAlmostEqual(varying.variance - quiet.variance, 2 * 0.01 * shares)

    def test_systematic(self) -> None:
        """What remains with any data is the drift of as many days, and 6% between early users."""
        found = contrast(self.new, self.old, drift=np.array([0.08, 0.04, *[0.0] * 5]))
        self.assertAlmostEqual(found.systematic_sd, np.hypot(0.04, 0.06))
        self.assertEqual((found.df, found.method), (20, Method.EQUAL_AGE))

    def test_what_it_counts(self) -> None:
        """It tells the new version's hours and crashes, and what came on the last day."""
        found = contrast(self.new, self.old, FIRST_DAY + 15)
        self.assertEqual((found.hours, found.crashes, found.daily_hours), (24_000, 80, 15_000))

    def test_equally_late(self) -> None:
        """Crashes that come before their hours do not make the newest day look worse."""
        hours = version_of([[10_000.0]] * 2, [[0.0]] * 2, shares=(0.5, 0.5)).hours
        crashes = version_of([[20.0]] * 2, [[0.0]] * 2, shares=(0.9, 0.1)).hours
        old, new = (VersionDays(day, hours, crashes) for day in (FIRST_DAY, FIRST_DAY + 14))
        for day in range(FIRST_DAY + 14, FIRST_DAY + 18):
            with self.subTest(day=day):
                self.assertAlmostEqual(contrast(new, old, day).log_ratio, 0.0)

    def test_late_variance(self) -> None:
        """A day known up to so many days late adds what its delays vary by, twice."""
        late = np.zeros(LAGS)
        late[0] = 0.002
        today = FIRST_DAY + 15
        more = contrast(self.new, self.old, today, late_variance=late).variance
        less = contrast(self.new, self.old, today).variance
        self.assertAlmostEqual(more - less, 2 * 0.002 * (50 / 80) ** 2)
        self.assertAlmostEqual(
            contrast(self.new, self.old, late_variance=late).variance,
            contrast(self.new, self.old).variance,
        )

    def test_weekdays(self) -> None:
        """What weekdays differ by is taken off, where the two versions' days are others."""
        effect = np.zeros(7)
        effect[(self.new.first_day - 1) % 7] = 0.3
        plain = contrast(self.new, self.old).log_ratio
        self.assertAlmostEqual(contrast(self.new, self.old, weekday_effect=effect).log_ratio, plain)
        earlier = VersionDays(self.old.first_day - 1, self.old.hours, self.old.crashes)
        # The old version has that weekday at its second age.
        expected = plain - 0.3 * (30 / 80 - 50 / 80)
        self.assertAlmostEqual(
            contrast(self.new, earlier, weekday_effect=effect).log_ratio, expected
        )

    def test_nothing_in_common(self) -> None:
        """Before its first day, or without crashes, a version has no contrast."""
        nothing = version_of([[1.0]], [[0.0]], FIRST_DAY + 14)
        for new, today in ((self.new, FIRST_DAY + 13), (nothing, LATER)):
            self.assertIsNone(equal_age(new, self.old, today, phi=3.0, tau=0.0, drift=NO_DRIFT))

    @given(st.integers(1, 40), st.floats(0.1, 10))
    def test_laws(self, later: int, factor: float) -> None:
        """On any evening, swapped versions are opposite, and scaled hours change no ratio."""
        today = self.new.first_day + later - 1
        found = contrast(self.new, self.old, today)
        self.assertAlmostEqual(found.log_ratio, -contrast(self.old, self.new, today).log_ratio)
        new, old = (
            VersionDays(one.first_day, one.hours * factor, one.crashes)
            for one in (self.new, self.old)
        )
        self.assertAlmostEqual(contrast(new, old, today).log_ratio, found.log_ratio)

    @given(st.floats(0.0, 0.2))
    def test_more_days_narrow(self, tau: float) -> None:
        """A second day of equal size makes the variance less than two thirds."""
        days = [version_of([[9_000.0]] * number, [[30.0]] * number) for number in (1, 2)]
        first, both = (contrast(one, one, tau=tau).variance for one in days)
        self.assertLess(both, first * 2 / 3)


class DriftTest(unittest.TestCase):
    def test_steps(self) -> None:
        """Rates that rise by 1% a day drift 1.4826 times 14% in 14 days, by any number of days."""
        drifts = drifts_over(np.linspace(0.0, 0.55, 56), 14)
        np.testing.assert_allclose(drifts, np.full(7, 1.4826 * 0.14))

    def test_days_apart(self) -> None:
        """Days that go up and down differ as single days, and not as pairs of them."""
        drifts = drifts_over(np.resize([0.1, -0.1], 56), 7)
        np.testing.assert_allclose(drifts[:2], [1.4826 * 0.2, 0.0], atol=1e-12)

    def test_short_history(self) -> None:
        """It takes as many days more than the gap to see any."""
        self.assertEqual(drifts_over(np.zeros(14) + 1.0, 14).tolist(), [0.0] * 7)
        drifts = drifts_over(np.linspace(0.0, 14.0, 15), 14)
        np.testing.assert_allclose(drifts, [1.4826 * 14, *[0.0] * 6])
