from __future__ import annotations

import unittest
from dataclasses import replace

import numpy as np

from simulations.cells import Cell
from simulations.days import CELLS
from simulations.days.arrivals import BETA_2017, RELEASE_2017, stored_lags
from simulations.days.channels import Bursts, Channel


def cell(name: str) -> Cell:
    """Return a cell by its name."""
    return next(one for one in CELLS if one.name == name)


class ArrivalsTest(unittest.TestCase):
    def test_shares(self) -> None:
        """What comes of a date in eight days is all of it, servers that are late included."""
        delays = replace(BETA_2017, late_server=0.5)
        for shares in delays.shares(np.random.default_rng(1), 100):
            np.testing.assert_allclose(shares.sum(axis=1), np.ones(100))
            self.assertTrue((shares >= 0).all())

    def test_published_delays(self) -> None:
        """Release's crashes of 2017 came sooner than its hours, and a seventh a week late."""
        still = replace(RELEASE_2017, weekday_sd=0, shared_sd=0, own_sd=0, late_server=0)
        crashes, hours = still.shares(np.random.default_rng(1), 1)
        self.assertAlmostEqual(crashes[0, 0], 0.757, places=3)
        self.assertAlmostEqual(hours[0, 0], 0.624, places=3)
        self.assertAlmostEqual(crashes[0, 7], 0.137, places=3)

    def test_stored_lags(self) -> None:
        """On an evening there are the days late up to it, less missing submission dates."""
        self.assertEqual(stored_lags(5, 7), {0, 1, 2})
        self.assertEqual(stored_lags(5, 7, (6,)), {0, 2})
        self.assertEqual(stored_lags(5, 30), set(range(8)))
        self.assertEqual(stored_lags(8, 7), set())


class ChannelTest(unittest.TestCase):
    def test_phi(self) -> None:
        """Counts have the dispersion that is asked for, in bursts of either kind."""
        for bursts in Bursts:
            for phi in (1.0, 3.0, 6.0):
                with self.subTest(bursts=bursts, phi=phi):
                    channel = Channel(phi=phi, bursts=bursts)
                    drawn = channel.counts(np.random.default_rng(1), np.full(100_000, 40.0))
                    self.assertAlmostEqual(drawn.mean(), 40, delta=0.2)
                    self.assertAlmostEqual(drawn.var() / drawn.mean(), phi, delta=0.15)

    def test_days(self) -> None:
        """The crashes of many days are the level times the hours."""
        days = Channel().draw(np.random.default_rng(1), 700)
        expected = (days.level * days.hours.sum(axis=1)).sum() / 1000
        self.assertAlmostEqual(days.crashes.sum() / expected, 1, delta=0.02)

    def test_memory(self) -> None:
        """Days with memory keep the share of the day before that is asked for."""
        channel = Channel(memory=0.3, drift=0, cycle=0, weekday_sd=0, hours=1e10)
        days = channel.draw(np.random.default_rng(1), 4000)
        logs = np.log(days.crashes.sum(axis=1) / days.hours.sum(axis=1))
        self.assertAlmostEqual(logs.std(), 0.05, delta=0.003)
        self.assertAlmostEqual(np.corrcoef(logs[1:], logs[:-1])[0, 1], 0.3, delta=0.06)


class CellsTest(unittest.TestCase):
    def test_keys(self) -> None:
        """No two cells share a key, by which results are stored."""
        keys = [one.key for one in CELLS]
        self.assertEqual(len(keys), len(set(keys)))

    def test_every_cell_counts_what_it_says(self) -> None:
        """A run of a cell counts each of its measures, with some exposure."""
        for one in CELLS:
            with self.subTest(cell=one.key):
                counts = one.simulate(np.random.default_rng(1))
                self.assertEqual({measure.name for measure in one.measures} - counts.keys(), set())
                self.assertTrue(all(exposure > 0 for _, exposure in counts.values()))

    def test_a_rise_is_seen(self) -> None:
        """In the world of half as much again an alarm is lit by the next day."""
        counts = cell("release x1.5, delays of today").simulate(np.random.default_rng(2))
        self.assertEqual(counts["lit by the next day"], (1.0, 1.0))


if __name__ == "__main__":
    unittest.main()
