from __future__ import annotations

import unittest
from dataclasses import replace

import numpy as np

from crash_rate_aggregates.verdicts.releases.looks import Channel
from simulations.releases.channel_history import draw_history
from simulations.releases.channel_worlds import BETA, ChannelWorld
from simulations.releases.drawn_crashes import draw_arrivals, draw_rates
from simulations.releases.history_estimates import estimated


def estimates(world: ChannelWorld, seed: int) -> Channel:
    """Return what is known of a drawn channel, whose phi is 3."""
    rng = np.random.default_rng(seed)
    history = draw_history(world, rng)
    expected = history.hours * draw_rates(world, history, 1.0, rng)
    return estimated(world, history, expected, draw_arrivals(history, rng), phi=3.0, rng=rng)


class EstimatesTest(unittest.TestCase):
    def test_restless_channel(self) -> None:
        """A channel whose days vary more has a larger tau and drifts more."""
        quiet, restless = (
            [estimates(replace(BETA, day_sd=sd), seed) for seed in range(12)] for sd in (0.03, 0.2)
        )
        for name in ("tau", "drift"):
            less, more = (
                np.mean([getattr(one, name) for one in channels]) for channels in (quiet, restless)
            )
            self.assertGreater(more, 2 * less)

    def test_late_variance(self) -> None:
        """The fewer submission dates are known the more the rate may still move; at last not."""
        late = estimates(BETA, 1).late_variance
        assert late is not None
        self.assertGreater(late[0], late[1])
        self.assertAlmostEqual(late[7], 0.0)

    def test_phi(self) -> None:
        """Phi is not known exactly, unless one is assumed."""
        found = [estimates(BETA, seed).phi for seed in range(12)]
        self.assertAlmostEqual(float(np.mean(found)), 3.0, delta=0.7)
        self.assertGreater(np.std(found), 0.2)
        self.assertEqual(estimates(replace(BETA, assumed_phi=2.0), 1).phi, 2.0)
