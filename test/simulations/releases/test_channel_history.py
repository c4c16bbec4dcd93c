from __future__ import annotations

import unittest
from dataclasses import replace

import numpy as np

from simulations.releases.channel_history import CELL_SHARES, WEEKDAY_HOURS, draw_history
from simulations.releases.channel_worlds import BETA, CHANNELS, RELEASE


def rng() -> np.random.Generator:
    """Return the same draws for each test."""
    return np.random.default_rng(11)


class HistoryTest(unittest.TestCase):
    def test_all_hours_are_of_some_version(self) -> None:
        """The versions of a day share the channel's hours among them."""
        for world in CHANNELS:
            with self.subTest(channel=world.name):
                days = draw_history(world, rng()).hours.sum(axis=(0, 2))
                expected = world.daily_hours * WEEKDAY_HOURS[np.arange(len(days)) % 7]
                np.testing.assert_allclose(days, expected, rtol=0.06)

    def test_no_hours_before_the_release(self) -> None:
        """Before its first day nobody runs a version, on it some do, all but the oldest."""
        history = draw_history(RELEASE, rng())
        for version, first in list(enumerate(history.first_days))[1:]:
            self.assertEqual(history.hours[version, :first].sum(), 0)
            self.assertGreater(history.hours[version, first].sum(), 0)

    def test_calendar(self) -> None:
        """Betas come after two, two and three days in turn, and those judged come last."""
        history = draw_history(BETA, rng())
        gaps = np.diff(history.first_days).tolist()
        self.assertEqual(sorted(gaps[:3]), [2, 2, 3])
        self.assertEqual(gaps[:-3], gaps[3:])
        self.assertEqual(history.judged.tolist(), [len(gaps) + one for one in (-1, 0)])

    def test_windows_is_throttled_longest(self) -> None:
        """On its second day fewer users of Windows have a throttled release than of others."""
        slow = replace(RELEASE, rollout=replace(RELEASE.rollout, throttled=(3, 3)))
        history = draw_history(slow, rng())
        day = history.hours[10, history.first_days[10] + 2] / CELL_SHARES
        self.assertLess(day[0], 0.8 * day[-1])

    def test_holiday(self) -> None:
        """A holiday lies in the week of the first version judged, and has a quarter less hours."""
        history = draw_history(replace(BETA, holiday=True), rng())
        assert history.holiday is not None
        self.assertIn(history.holiday - history.first_days[history.judged[0]], range(7))
        expected = BETA.daily_hours * WEEKDAY_HOURS[history.holiday % 7]
        self.assertLess(history.hours[:, history.holiday].sum(), 0.75 * expected)
