from __future__ import annotations

import unittest

import numpy as np

from simulations.segments import CELLS
from simulations.segments.counted import bursts
from simulations.segments.populations import Setting, draw_population
from simulations.segments.spikes import new_build, raise_segment

_SETTING = Setting(crashes=6_000, leaves=3_000)


def _draws() -> np.random.Generator:
    return np.random.default_rng(11)


class SegmentWorldsTest(unittest.TestCase):
    def test_bursts_have_their_variance(self) -> None:
        """Counts drawn in bursts keep their mean, and their variance is phi times it."""
        for phi in (1, 3, 6):
            with self.subTest(phi=phi):
                counts = bursts(np.full(200_000, 5.0), phi, _draws())
                self.assertAlmostEqual(counts.mean(), 5, delta=0.06)
                self.assertAlmostEqual(counts.var() / counts.mean(), phi, delta=0.06 * phi)

    def test_a_population_has_what_was_asked_for(self) -> None:
        """Crashes now are as many as asked for, hours before as many times those now."""
        population = draw_population(_SETTING, _draws())
        self.assertAlmostEqual(population.crashes_now.sum(), 6000, places=6)
        ratio = population.hours_before.sum() / population.hours_now.sum()
        self.assertAlmostEqual(ratio, 7, places=9)

    def test_a_spike_adds_its_excess(self) -> None:
        """Raising a segment adds the crashes asked for, in its leaves alone, by one factor."""
        population = draw_population(_SETTING, _draws())
        for dimensions in (1, 2, 3):
            raised, spike = raise_segment(population, 600, dimensions, _draws(), None)
            self.assertAlmostEqual(raised.crashes_now.sum(), 6600, places=6)
            ratio = raised.crashes_now / population.crashes_now
            np.testing.assert_allclose(ratio[spike.leaves], spike.factor)
            np.testing.assert_allclose(ratio[~spike.leaves], 1)

    def test_a_new_build_has_no_past(self) -> None:
        """Its crashes and hours before are gone, and its excess is there."""
        population = draw_population(_SETTING, _draws())
        young, spike = new_build(population, 1500, _draws())
        self.assertEqual(young.hours_before[spike.leaves].sum(), 0)
        self.assertEqual(young.crashes_before[spike.leaves].sum(), 0)
        self.assertAlmostEqual(young.crashes_now.sum(), 7500, places=6)

    def test_the_same_chance_gives_the_same_counts(self) -> None:
        """Each cell, drawn twice with one seed, counts the same; only what it says it measures."""
        for cell in CELLS:
            if "000 on" in cell.name or "0,000" in cell.name:
                continue
            with self.subTest(cell=cell.name):
                first, second = (cell.simulate(_draws()) for _ in range(2))
                self.assertEqual(first, second)
                self.assertLessEqual(set(first), {measure.name for measure in cell.measures})


if __name__ == "__main__":
    unittest.main()
