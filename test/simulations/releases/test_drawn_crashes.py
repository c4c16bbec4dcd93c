from __future__ import annotations

import unittest
from dataclasses import replace

import numpy as np

from simulations.releases.channel_history import draw_history
from simulations.releases.channel_worlds import BETA, RELEASE
from simulations.releases.drawn_crashes import (
    bursts,
    draw_arrivals,
    draw_rates,
    draw_versions,
)


class BurstsTest(unittest.TestCase):
    def test_variance(self) -> None:
        """Counts in bursts have the mean that is expected, and phi times as much variance."""
        for phi in (1.0, 3.0, 6.0):
            with self.subTest(phi=phi):
                drawn = bursts(np.full(40_000, 20.0), phi, np.random.default_rng(4))
                self.assertAlmostEqual(drawn.mean() / 20, 1.0, delta=0.02)
                self.assertAlmostEqual(drawn.var() / (20 * phi), 1.0, delta=0.04)

    def test_nothing_expected(self) -> None:
        """Where no crash is expected there is none."""
        self.assertEqual(bursts(np.zeros(100), 3.0, np.random.default_rng(4)).sum(), 0)


class ArrivalsTest(unittest.TestCase):
    def test_crashes_come_first(self) -> None:
        """All of a day comes within eight days, crashes earlier than hours."""
        rng = np.random.default_rng(5)
        arrivals = draw_arrivals(draw_history(BETA, rng), rng)
        for shares in (arrivals.hours, arrivals.crashes):
            np.testing.assert_allclose(shares.sum(axis=1), 1.0)
            self.assertGreaterEqual(shares.min(), 0.0)
        self.assertGreater(arrivals.crashes[:, 0].mean(), arrivals.hours[:, 0].mean() + 0.1)


class VersionsTest(unittest.TestCase):
    def test_equal_versions(self) -> None:
        """Without what makes versions differ, one that is judged has its predecessor's rates."""
        quiet = replace(
            RELEASE, excess_sd=0.0, slope_sd=0.0, interaction_sd=0.0, between_versions=0.03
        )
        rng = np.random.default_rng(6)
        history = draw_history(quiet, rng)
        rates = draw_rates(quiet, history, 1.0, rng)
        new, old = int(history.judged[0]), int(history.judged[0]) - 1
        late = int(history.first_days[new]) + 20
        ratio = np.log(rates[new, late] / rates[old, late])
        # What is left of the excess, and who updates late.
        self.assertLess(np.abs(ratio).max(), 0.2)

    def test_a_worse_version_before(self) -> None:
        """Where one is asked for, an earlier version is worse by half, and the next is not."""
        world = replace(
            BETA,
            gaps=(2,),
            excess_sd=0.0,
            slope_sd=0.0,
            interaction_sd=0.0,
            between_versions=0.0,
            regression_before=True,
        )
        rng = np.random.default_rng(7)
        history = draw_history(world, rng)
        rates = np.log(draw_rates(world, history, 1.0, rng)).mean(axis=2)
        number = len(history.first_days)
        steps = np.array(
            [
                rates[one, history.first_days[one]] - rates[one - 1, history.first_days[one]]
                for one in range(1, number)
            ]
        )
        apart = steps - np.median(steps)
        worse = int(apart.argmax())
        self.assertAlmostEqual(apart[worse], 0.405, delta=0.1)
        self.assertAlmostEqual(apart[worse + 1], -0.405, delta=0.1)
        self.assertLess(worse + 2, history.judged[0])

    def test_days_late(self) -> None:
        """A version's days hold its hours, spread over eight submission dates."""
        rng = np.random.default_rng(8)
        history = draw_history(BETA, rng)
        expected = history.hours * draw_rates(BETA, history, 1.0, rng)
        drawn = draw_versions(
            history, expected, draw_arrivals(history, rng), 3.0, rng, versions=[9]
        )[9]
        first = int(history.first_days[9])
        np.testing.assert_allclose(
            drawn.hours.sum(axis=1), history.hours[9, first : first + drawn.ages]
        )
        crashes = expected[9, first : first + drawn.ages].sum()
        self.assertAlmostEqual(drawn.crashes.sum() / crashes, 1.0, delta=0.15)
