"""The world of 2016: as it was drawn since the first version, with its shares and its dirt."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import date, timedelta
from itertools import islice
from typing import Any
from unittest import TestCase

from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.normalize.ping import Ignored, NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.outcomes import Adjustment, Outcome
from crash_rate_aggregates.sample_pings.world_2016.day_files import pings_of_day
from crash_rate_aggregates.sample_pings.world_2016.populations import CHANNELS, regression
from crash_rate_aggregates.sample_pings.world_2016.world_of_2016 import World2016

DAY = date(2016, 3, 14)


def _verdicts(day: date, pings: int) -> list[NormalizedPing | Ignored]:
    judge = PingJudge(Judge(day, DIMENSIONS))
    return [judge.judge_json(line) for line in pings_of_day(day, pings, seed=1)]


def _documents(day: date) -> list[dict[str, Any]]:
    lines = [line.decode("utf-8", "replace") for line in pings_of_day(day, 6_000, seed=1)]
    return [json.loads(line) for line in lines if line.endswith("}}")]


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

    def test_bytes_stay(self):
        """A day of this world is what it was, byte for byte: benchmarks rely on it."""
        digest = hashlib.sha256()
        for file in World2016(500, seed=1).files_of_day(DAY):
            digest.update(f"{file.name}.gz".encode() + file.text)
        self.assertEqual(
            digest.hexdigest(), "40a61fd37c06f58fd894ff789ade56fb90d6391b7b4b40f1773b6f63a36f4a63"
        )

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

    def test_clients(self):
        """A crash ping has the id of a main ping's client, who sends on other days too."""
        days = [_documents(DAY + timedelta(days=number)) for number in range(2)]
        mains = [{ping["clientId"] for ping in pings if ping["type"] == "main"} for pings in days]
        crashes = [ping["clientId"] for ping in days[0] if ping["type"] == "crash"]
        self.assertGreater(len(crashes), 50)
        self.assertLess(len(set(crashes) - mains[0]), 3)
        returning = len(mains[0] & mains[1]) / len(mains[0])
        self.assertAlmostEqual(returning, 0.25, delta=0.02)

    def test_active_ticks(self):
        """A third of usage is active, in ticks of five seconds, never more than the session."""
        active = usage = 0
        for ping in _documents(DAY):
            length = ping["payload"]["info"]["subsessionLength"] if ping["type"] == "main" else None
            if isinstance(length, int) and 0 < length < 90_000:
                seconds = 5 * ping["payload"]["simpleMeasurements"]["activeTicks"]
                self.assertLessEqual(seconds, length)
                active, usage = active + seconds, usage + length
        self.assertAlmostEqual(active / usage, 0.33, delta=0.03)

    def test_dirt(self):
        """Every outcome and adjustment that pings of 2016 can have occurs in a large day."""
        outcomes = {one.outcome for one in self.verdicts if isinstance(one, Ignored)}
        # The group stage says the first ones, and nobody sent the last ones then.
        others = {
            Outcome.COUNTED,
            Outcome.DUPLICATE,
            Outcome.ALSO_SENT_AS_GLEAN,
            Outcome.AUTOMATION,
        }
        self.assertEqual(outcomes, set(Outcome) - others)
        adjustments = 0
        for ping in self.counted:
            adjustments |= ping.adjustments
        later = (
            Adjustment.AUTOMATION_COUNTED
            | Adjustment.OTHER_BUILDS_ENVIRONMENT
            | Adjustment.ACTIVE_TIME_CAPPED
            | Adjustment.BAD_ACTIVE_TICKS
        )
        self.assertEqual(Adjustment(adjustments), ~later)

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
