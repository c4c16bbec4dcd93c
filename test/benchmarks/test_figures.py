from __future__ import annotations

import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figures, Target
from benchmarks.measure import Measurements
from benchmarks.sums import GROUP_COLUMNS, SUMS, Groups, read_groups, write_groups, wrong_groups

DAY = {"compression": "gz", "files": 4, "json": 400, "stored": 100, "pings": 8}


def measured(*cpu_seconds: tuple[int, float]) -> Figures:
    """Return the figures of runs of one system, given files and CPU seconds of each."""
    runs = [
        {"system": "duckdb", "compression": "gz", "files": files, "cpu_seconds": seconds}
        for files, seconds in cpu_seconds
    ]
    return Figures(Measurements(runs=runs, days=[DAY, {**DAY, "files": 16}]))


class FiguresTest(unittest.TestCase):
    def test_start_up_is_removed(self) -> None:
        """What three times as much more costs is a day's cost; the rest is starting up."""
        figures = measured((4, 10.0), (16, 34.0))
        self.assertEqual(figures.cpu("duckdb", "gz"), 8.0)
        self.assertEqual(figures.start_up("duckdb", "gz"), 2.0)

    def test_medians(self) -> None:
        """One run that something else disturbed does not count."""
        figures = measured((4, 10.0), (4, 99.0), (4, 10.0), (16, 34.0), (16, 34.0), (16, 1.0))
        self.assertEqual(figures.cpu("duckdb", "gz"), 8.0)

    def test_targets(self) -> None:
        """A floor is reached at it or above, a ceiling at it or below."""
        self.assertTrue(Target("speed", 6, 9, 6.0).is_reached)
        self.assertFalse(Target("speed", 6, 9, 5.9).is_reached)
        self.assertTrue(Target("memory", 600, 300, 600.0, is_ceiling=True).is_reached)
        self.assertFalse(Target("memory", 600, 300, 601.0, is_ceiling=True).is_reached)


class SumsTest(unittest.TestCase):
    def test_groups_travel_as_text_and_integers(self) -> None:
        """What a system writes is read as written: absent dimensions stay absent."""
        key = ("2016-03-14", "46.0", *[None] * (len(GROUP_COLUMNS) - 2))
        sums = tuple(range(len(SUMS)))
        with TemporaryDirectory() as folder:
            write_groups(f"{folder}/groups", [(*key, *sums)])
            self.assertEqual(read_groups(Path(folder) / "groups"), {key: sums})

    def test_wrong_groups(self) -> None:
        """A group is wrong if it is missing, invented, or has other sums."""
        reference: Groups = {("a",): (1,), ("b",): (2,), ("c",): (3,)}
        self.assertEqual(wrong_groups(reference, reference), 0)
        found: Groups = {("a",): (1,), ("b",): (9,), ("d",): (4,)}
        self.assertEqual(wrong_groups(found, reference), 3)
