from __future__ import annotations

import unittest

import numpy as np

from simulations.releases import CELLS
from simulations.releases.release_cells import PART


class CellsTest(unittest.TestCase):
    def test_keys_differ(self) -> None:
        """No two cells are stored under one key."""
        self.assertEqual(len({cell.key for cell in CELLS}), len(CELLS))

    def test_runs(self) -> None:
        """Each world is drawn 300 times."""
        self.assertEqual({cell.runs for cell in CELLS}, {300})

    def test_measures_are_counted(self) -> None:
        """What a cell measures is what a run of it counts, but for what a run may not have."""
        for cell in CELLS[:3]:
            with self.subTest(cell=cell.key):
                counts = cell.simulate(np.random.default_rng(1))
                names = {measure.name for measure in cell.measures}
                self.assertEqual(names | {"stays worse"}, {*counts, "stays worse"})

    def test_aims(self) -> None:
        """The aims are those that were set: 75, 85 and 98% of releases that are worse by 20%."""
        release = next(
            cell for cell in CELLS if cell.key == f"{PART}: release, 1.2 times the crashes"
        )
        reach = {measure.name: measure.reach.at_least for measure in release.measures}
        self.assertEqual(
            [reach[f"found on day {day}"] for day in (0, 1, 2, 7)], [None, 0.75, 0.85, 0.98]
        )
