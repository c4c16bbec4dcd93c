from __future__ import annotations

import unittest

import numpy as np

from crash_rate_aggregates.verdicts.releases.contrast import Method
from crash_rate_aggregates.verdicts.releases.judged import State, judge
from crash_rate_aggregates.verdicts.releases.looks import (
    Channel,
    Look,
    decisive_contrast,
    equal_age_in,
    looks,
    since,
)
from crash_rate_aggregates.verdicts.releases.same_days import Pair
from crash_rate_aggregates.verdicts.releases.version_days import VersionDays
from test.verdicts.releases.worked_verdict import FIRST_DAY, contrast_of, version_of

CHANNEL = Channel(phi=3.0, tau=0.05, drift=np.full(7, 0.03))
HOURS = np.full((8, 2), 1_000_000.0)


def pair(cycle: int, factor: float = 1.0) -> Pair:
    """Return a version of a cycle, 0 the newest, beside its predecessor of two days before."""
    first = FIRST_DAY - 2 * cycle
    return Pair(
        version_of(HOURS, HOURS * 0.01 * factor, first, (0.7, 0.2, 0.1)),
        version_of(HOURS, HOURS * 0.01, first - 2, (0.7, 0.2, 0.1)),
    )


EARLIER = [pair(cycle) for cycle in range(1, 6)]
WORSE, BETTER = (Look(0, judge(contrast_of(ratio), 0.1)) for ratio in (0.2, -0.2))
NOTHING = Look(0, judge(None, 0.1))


class LooksTest(unittest.TestCase):
    def test_doubled_crashes(self) -> None:
        """A version that crashes twice as often is worse on its first evening and on all others."""
        said = looks(pair(0, 2.0), EARLIER, CHANNEL, FIRST_DAY + 9, alpha=0.05)
        self.assertEqual([look.day for look in said], list(range(FIRST_DAY, FIRST_DAY + 10)))
        self.assertEqual({look.judged.state for look in said}, {State.WORSE})
        self.assertEqual(since(said), FIRST_DAY)

    def test_equal_versions(self) -> None:
        """One that does not is not."""
        said = looks(pair(0), EARLIER, CHANNEL, FIRST_DAY + 9, alpha=0.05)
        self.assertEqual({look.judged.state for look in said}, {State.NO_CHANGE})
        self.assertIsNone(since(said))

    def test_same_days_decide(self) -> None:
        """The narrower limits decide: the same days with pairs enough, else equal age."""
        today = FIRST_DAY + 3
        for earlier, method in ((EARLIER, Method.SAME_DAYS), (EARLIER[:2], Method.EQUAL_AGE)):
            found = decisive_contrast(pair(0), earlier, CHANNEL, today, 0.1)
            assert found
            self.assertEqual(found.method, method)
        self.assertEqual(found, equal_age_in(pair(0), CHANNEL, today))

    def test_equal_age_decides(self) -> None:
        """Where hardly anybody is left on the predecessor, equal age is narrower, and decides."""
        few = [
            Pair(one.new, version_of(HOURS / 1e4, HOURS / 1e6, one.old.first_day))
            for one in EARLIER
        ]
        left = version_of([*HOURS[:2], *HOURS[2:] / 1e4], [*HOURS[:2] / 100, *HOURS[2:] / 1e6])
        judged = Pair(pair(0).new, VersionDays(FIRST_DAY - 2, left.hours, left.crashes))
        found = decisive_contrast(judged, few, CHANNEL, FIRST_DAY + 9, 0.1)
        assert found
        self.assertEqual(found.method, Method.EQUAL_AGE)

    def test_past_evenings_do_not_change(self) -> None:
        """What is said of an evening needs nothing that came later."""
        early, late = (
            looks(pair(0, 1.3), EARLIER, CHANNEL, FIRST_DAY + days, alpha=0.05) for days in (2, 6)
        )
        self.assertEqual(early, late[:3])


class SinceTest(unittest.TestCase):
    def test_last_run(self) -> None:
        """It is the first evening of the run that lasts until today."""
        said = [Look(day, WORSE.judged if day != 12 else NOTHING.judged) for day in range(10, 16)]
        self.assertEqual(since(said), 13)

    def test_change_of_mind(self) -> None:
        """After "better", "worse" begins anew."""
        judged = (BETTER, BETTER, WORSE, WORSE)
        said = [Look(day, one.judged) for day, one in enumerate(judged)]
        self.assertEqual(since(said), 2)

    def test_neither(self) -> None:
        """Where nothing is said today there is no since."""
        self.assertIsNone(since([]))
        self.assertIsNone(since([WORSE, NOTHING]))
