"""Folders of sample pings, of either world."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.sample_pings.sample_files import World
from crash_rate_aggregates.sample_pings.world_2016.world_of_2016 import FILES_PER_DAY, World2016
from crash_rate_aggregates.sample_pings.world_2026.world_of_2026 import World2026
from crash_rate_aggregates.sample_pings.writer import SampleSummary, write_sample_pings

DAY = date(2026, 11, 24)
WORLDS: Mapping[str, Callable[[int], World]] = {
    "2016": lambda pings: World2016(pings, seed=1),
    "2026": lambda pings: World2026(pings, seed=1, worse={"161.0": 2.0}),
}


class WriterTest(TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))

    def _write(self, world: World, first: date, last: date, jobs: int = 1) -> SampleSummary:
        return write_sample_pings(
            self.folder, min_submission_date=first, max_submission_date=last, world=world, jobs=jobs
        )

    def _files(self) -> dict[str, bytes]:
        files = sorted(self.folder.rglob("*.gz"))
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}

    def test_day_alone_is_day_in_range(self) -> None:
        """A day's files are the same bytes whatever range was asked for, and by how many."""
        for name, world in WORLDS.items():
            with self.subTest(name):
                self.folder = Path(self.enterContext(TemporaryDirectory()))
                self._write(world(100), DAY, DAY)
                alone = self._files()
                self._write(world(100), DAY - timedelta(days=1), DAY + timedelta(days=1), jobs=2)
                together = self._files()
                self.assertEqual({file: together[file] for file in alone}, alone)
                self.assertGreater(len(together), len(alone))

    def test_number_of_pings(self) -> None:
        """A day of 2016 has as many lines as asked for, also where they do not divide by files."""
        summary = self._write(WORLDS["2016"](101), DAY, DAY)
        files = self._files()
        self.assertEqual(len(files), FILES_PER_DAY)
        lines = sum(gzip.decompress(packed).count(b"\n") for packed in files.values())
        self.assertEqual((lines, summary.pings), (101, 101))
        self.assertEqual(str(summary), f"1 days with 101 synthetic pings in {str(self.folder)!r}")

    def test_folders_of_2026(self) -> None:
        """A day of 2026 lies in a folder for each namespace and doc type, in several parts."""
        self._write(WORLDS["2026"](1_200), DAY, DAY)
        files = self._files()
        lines = [gzip.decompress(packed).count(b"\n") for packed in files.values()]
        self.assertLessEqual(max(lines), 200)
        names = [name.partition("/")[2] for name in files]
        mains = [name for name in names if name.startswith("telemetry/main/")]
        self.assertEqual(mains, [f"telemetry/main/part-{number}.ndjson.gz" for number in range(6)])
        self.assertIn("org-mozilla-firefox/baseline/part-0.ndjson.gz", names)
        self.assertIn("firefox-desktop/crash/part-0.ndjson.gz", names)

    def test_replaces_its_own_days_only(self) -> None:
        """A folder that something else filled is refused and stays as it is."""
        foreign = self.folder / f"submission_date={DAY}"
        foreign.mkdir()
        (foreign / "real.ndjson").write_text("{}")
        with self.assertRaisesRegex(UsageError, "sample-pings did not write: name another folder"):
            self._write(WORLDS["2026"](100), DAY, DAY)
        self.assertEqual((foreign / "real.ndjson").read_text(), "{}")

    def test_says_that_it_is_synthetic(self) -> None:
        """The folder says that nobody sent these pings, and after whom they were made."""
        for name, world in WORLDS.items():
            with self.subTest(name):
                self._write(world(10), DAY, DAY)
                text = (self.folder / "README.txt").read_text()
                self.assertIn("synthetic", text)
                self.assertIn(name, text)
