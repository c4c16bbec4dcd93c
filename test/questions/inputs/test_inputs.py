"""Arrays from stored days, beside the rows that were stored."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from crash_rate_aggregates.questions.inputs.channel_days import channel_days
from crash_rate_aggregates.questions.inputs.period_leaves import Periods, read_leaves
from crash_rate_aggregates.questions.inputs.snapshot import evening_of
from crash_rate_aggregates.questions.inputs.strata import read_strata
from crash_rate_aggregates.questions.inputs.successions import successions
from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS
from test.assess.made_world import (
    DELAYS,
    FIRST,
    HOURS_A_DAY,
    World,
    WorldTestCase,
    released,
    shares,
    version,
)

LOST = FIRST + timedelta(days=5)
EVENING = FIRST + timedelta(days=32)
"""A day before the last: nothing of the last one may be seen."""


class InputsTest(WorldTestCase):
    world = World(days=34, lost={LOST: 1.0})

    def test_channel_days(self) -> None:
        """Days late stand in their columns, days that are not stored are told from empty ones."""
        with evening_of(self.connection, EVENING) as snapshot:
            (days,) = channel_days(snapshot)
        row = (EVENING - days.first).days - 3
        whole = HOURS_A_DAY * sum(shares(EVENING - timedelta(days=3)).values())
        hours = [DELAYS.get(late, (0.0,))[0] * whole for late in range(8)]
        self.assertEqual((days.application, days.channel), ("Firefox", "release"))
        np.testing.assert_allclose(days.hours[row], hours, rtol=1e-6)
        self.assertEqual(days.stored[row].tolist(), [True] * 4 + [False] * 4)
        lost = (LOST - days.first).days
        self.assertEqual(days.stored[lost].tolist(), [False] + [True] * 7)
        self.assertEqual(days.hours[lost, 0], 0.0)
        self.assertEqual(days.date_of(row), EVENING - timedelta(days=3))
        self.assertEqual(days.weekdays[0], days.first.weekday())
        # No content crash was ever counted, so nothing is known of them.
        self.assertNotIn("content_minus_shutdown", days.crashes)

    def test_releases(self) -> None:
        """Releases stand in the order of their first days, each after the one it replaced."""
        with evening_of(self.connection, EVENING) as snapshot:
            (one,) = successions(snapshot)
        known = [(release.label, release.first_day) for release in one.releases]
        # Day 0 of those that were there before is not known: 1% of the hours on the first dates.
        self.assertEqual(known[-2:], [(version(number), released(number)) for number in (2, 3)])
        newest = one.releases[-1]
        self.assertEqual(one.previous(newest), one.releases[-2])
        now = shares(EVENING)
        self.assertAlmostEqual(newest.share_now, now[3] / sum(now.values()), places=4)

    def test_strata(self) -> None:
        """A release's hours and crashes stand by age, days late and stratum."""
        with evening_of(self.connection, EVENING) as snapshot:
            (one,) = successions(snapshot)
            found = read_strata(snapshot, one, one.releases[-2:], 5)
        new = found.version(version(3), "main")
        self.assertEqual(new.hours.shape, (5, 8, 2))
        self.assertEqual(new.first_day, released(3).toordinal())
        expected = HOURS_A_DAY * shares(released(3) + timedelta(days=1))[3]
        self.assertAlmostEqual(new.hours[1].sum() / expected, 1.0, places=4)
        self.assertAlmostEqual(new.crashes[1].sum() / (expected * 4.4 / 1000), 1.0, places=2)
        self.assertEqual(found.version(version(3), "gpu").crashes.sum(), 0.0)

    def test_leaves(self) -> None:
        """A release stands beside the one before it at the same ages and as late."""
        with evening_of(self.connection, EVENING) as snapshot:
            (one,) = successions(snapshot)
            new, old = one.releases[-1], one.releases[-2]
            main = HEADLINE_KINDS[0]
            periods = Periods("Firefox", "release", main, new.first_day, old.first_day, new, old)
            leaves = read_leaves(snapshot, periods)
        self.assertIn("os_name", leaves.dimensions)
        self.assertNotIn("build_id", leaves.dimensions)
        totals = leaves.sums.total()
        self.assertAlmostEqual(totals.hours_now / totals.hours_before, 1.0, places=4)

    def test_nothing_stored(self) -> None:
        """Before the first day there is nothing, and no error."""
        with evening_of(self.connection, date(2026, 1, 1)) as snapshot:
            self.assertEqual((dict(snapshot.runs), channel_days(snapshot)), ({}, []))
            self.assertEqual(successions(snapshot), [])
