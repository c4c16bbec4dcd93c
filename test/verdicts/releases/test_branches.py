from __future__ import annotations

import math
import unittest

from crash_rate_aggregates.verdicts.releases.branches import branches
from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.judged import State, judge
from crash_rate_aggregates.verdicts.releases.version_days import VersionDays
from test.verdicts.releases.worked_verdict import FIRST_DAY, version_of

HOURS = [[9_000.0, 1_000.0]] * 20


def days(per_hour: float, first_day: int = FIRST_DAY) -> VersionDays:
    """Return 20 days of so many crashes an hour, double on the first one."""
    crashes = [
        [per_hour * hours * (2 if day == 0 else 1) for hours in HOURS[0]] for day in range(20)
    ]
    return version_of(HOURS, crashes, first_day)


def contrast(branch: VersionDays, control: VersionDays, today: int) -> Contrast:
    """Return the contrast, which there is."""
    found = branches(branch, control, today, phi=2.0)
    assert found
    return found


class BranchesTest(unittest.TestCase):
    def test_more_crashes(self) -> None:
        """A branch with a third more crashes is worse, and nothing but counts is uncertain."""
        found = contrast(days(0.04), days(0.03), FIRST_DAY + 30)
        self.assertAlmostEqual(found.log_ratio, math.log(4 / 3))
        self.assertEqual((found.systematic_sd, found.method), (0.0, Method.BY_LOT))
        self.assertEqual(found.hours, 200_000.0)
        self.assertIs(judge(found, 0.05).state, State.WORSE)

    def test_swapped(self) -> None:
        """Swapped branches have the opposite log ratio, with the same variance."""
        today = FIRST_DAY + 9
        one, other = (
            contrast(days(0.04), days(0.03), today),
            contrast(days(0.03), days(0.04), today),
        )
        self.assertAlmostEqual(one.log_ratio, -other.log_ratio)
        self.assertAlmostEqual(one.variance, other.variance)

    def test_same_days(self) -> None:
        """A control that is stored from a day before is compared on the branch's days."""
        control = days(0.03, FIRST_DAY - 1)
        branch = days(0.03)
        branch.crashes[0] /= 2
        branch = VersionDays(FIRST_DAY, branch.hours, branch.crashes)
        self.assertAlmostEqual(contrast(branch, control, FIRST_DAY + 30).log_ratio, 0.0)

    def test_nothing_yet(self) -> None:
        """Before the first day there is no contrast."""
        self.assertIsNone(branches(days(0.04), days(0.03), FIRST_DAY - 1, phi=2.0))
