from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.normalize.ping import Ignored, NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.outcomes import Adjustment, Outcome
from crash_rate_aggregates.sample_pings.day_files import pings_of_day
from crash_rate_aggregates.sample_pings.populations import CHANNELS, regression
from crash_rate_aggregates.sample_pings.writer import FILES_PER_DAY, write_sample_pings

DAY = date(2016, 3, 14)


def _verdicts(day: date, pings: int) -> list[NormalizedPing | Ignored]:
    judge = PingJudge(Judge(day, DIMENSIONS))
    return [judge.judge_json(line) for line in pings_of_day(day, pings, seed=1)]


class SampleDayTest(TestCase):
    verdicts: list[NormalizedPing | Ignored]
    counted: list[NormalizedPing]

    @classmethod
    def setUpClass(cls):
        cls.verdicts = _verdicts(DAY, 30_000)
        cls.counted = [one for one in cls.verdicts if isinstance(one, NormalizedPing)]

    def test_same_seed_same_pings(self):
        """The same seed makes the same pings, another seed or day others."""
        first = list(islice(pings_of_day(DAY, 50, seed=1), 50))
        self.assertEqual(first, list(pings_of_day(DAY, 50, seed=1)))
        self.assertNotEqual(first, list(pings_of_day(DAY, 50, seed=2)))
        self.assertNotEqual(first, list(pings_of_day(DAY + timedelta(days=1), 50, seed=1)))

    def test_size(self):
        """A ping is about 3 KB of JSON."""
        sizes = [len(line) for line in pings_of_day(DAY, 2_000, seed=1)]
        self.assertEqual(round(sum(sizes) / len(sizes), -3), 3_000)

    def test_channel_shares(self):
        """Each channel sends its share of main pings, within 1%."""
        channels = Counter(
            json.loads(ping.dimensions)["channel"]
            for ping in self.counted
            if ping.doc_type == "main"
        )
        for channel in CHANNELS:
            with self.subTest(channel.name):
                share = channels[channel.name] / channels.total()
                self.assertAlmostEqual(share, channel.share, delta=0.01)

    def test_session_lengths(self):
        """Sessions last half an hour in the median and about two hours on average."""
        lengths = sorted(ping.stats[1] for ping in self.counted if ping.doc_type == "main")
        self.assertAlmostEqual(lengths[len(lengths) // 2], 1_720, delta=172)
        self.assertAlmostEqual(sum(lengths) / len(lengths) / 3600, 2.17, delta=0.3)

    def test_dirt(self):
        """Every outcome and every adjustment of the rules occurs in a large day."""
        outcomes = {one.outcome for one in self.verdicts if isinstance(one, Ignored)}
        every = set(Outcome) - {Outcome.COUNTED, Outcome.DUPLICATE}
        self.assertEqual(outcomes, every)
        adjustments = 0
        for ping in self.counted:
            adjustments |= ping.adjustments
        self.assertEqual(Adjustment(adjustments), ~Adjustment(0))

    def test_duplicates(self):
        """About 1.3% of main pings are sent twice."""
        ids = Counter(ping.id for ping in self.counted if ping.doc_type == "main")
        self.assertAlmostEqual((ids.total() - len(ids)) / len(ids), 0.0128, delta=0.002)

    def test_regression(self):
        """In any week one nightly build crashes over twice as often on Windows as other builds."""
        faulty = regression(DAY)
        rates = {}
        crashes, seconds = Counter[bool](), Counter[bool]()
        for day in (DAY + timedelta(days=number) for number in range(7)):
            for ping in _verdicts(day, 5_000):
                values = json.loads(ping.dimensions) if isinstance(ping, NormalizedPing) else {}
                if isinstance(ping, NormalizedPing) and values.get("channel") == "nightly":
                    is_faulty = values.get("build_id") == regression(day).build_id
                    is_faulty = is_faulty and values["os_name"] == faulty.os_name
                    crashes[is_faulty] += ping.stats[2]
                    seconds[is_faulty] += ping.stats[1]
        rates = {kind: crashes[kind] / seconds[kind] for kind in (True, False)}
        self.assertGreater(rates[True] / rates[False], 2)


class WriterTest(TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(TemporaryDirectory()))

    def _write(self, first: date, last: date, pings: int = 100) -> dict[str, bytes]:
        write_sample_pings(
            self.folder,
            min_submission_date=first,
            max_submission_date=last,
            pings_per_day=pings,
            seed=1,
        )
        files = sorted(self.folder.rglob("*.gz"))
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}

    def test_day_alone_is_day_in_range(self):
        """A day's files are the same bytes whatever range was asked for, and again."""
        alone = self._write(DAY, DAY)
        self.assertEqual(len(alone), FILES_PER_DAY)
        together = self._write(DAY - timedelta(days=1), DAY)
        self.assertEqual({name: together[name] for name in alone}, alone)

    def test_number_of_pings(self):
        """A day has as many lines as asked for, also where they do not divide by its files."""
        files = self._write(DAY, DAY, pings=101)
        lines = sum(gzip.decompress(packed).count(b"\n") for packed in files.values())
        self.assertEqual(lines, 101)

    def test_replaces_its_own_days_only(self):
        """A folder that something else filled is refused and stays as it is."""
        foreign = self.folder / f"submission_date={DAY}"
        foreign.mkdir()
        (foreign / "real.ndjson").write_text("{}")
        with self.assertRaisesRegex(UsageError, "sample-pings did not write: name another folder"):
            self._write(DAY, DAY)
        self.assertEqual((foreign / "real.ndjson").read_text(), "{}")

    def test_says_that_it_is_synthetic(self):
        """The folder says that nobody sent these pings."""
        self._write(DAY, DAY)
        self.assertIn("synthetic", (self.folder / "README.txt").read_text())
