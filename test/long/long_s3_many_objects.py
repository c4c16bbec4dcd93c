"""50,000 objects behind a faulty server give the exact result; 100,000 are listed in seconds."""

from __future__ import annotations

import asyncio
import random
import sys
import unittest
from collections import Counter
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import ClassVar

import obstore

from crash_rate_aggregates.job import DaySummary
from crash_rate_aggregates.sources.places import open_store
from test.engines.made_days import DAY, crash_ping, lines, main_ping
from test.faulty_proxy import Fault, FaultyProxy, slow_down
from test.job.days_in_postgres import filled, made_job, rows
from test.object_servers import MadeBucket, s3_bucket, use_environment
from test.servers import fresh_database

OBJECTS = 50_000
LISTED = 100_000
FAULTY_SHARE = 0.01
_AT_ONCE = 16
_MOST_LISTING_SECONDS = 60
"""Most of it is moto's own: it sorts all of a bucket's keys for each page of 1,000."""
OTHER_DAY = date(2016, 3, 15)


def pings_of(number: int) -> bytes:
    """Make an object: a main ping of one of 11 channels, and in every 25th a crash ping too."""
    main = main_ping(**{"application/channel": f"{number % 11}"})
    return lines([main, crash_ping()] if number % 25 == 0 else [main])


async def put_all(bucket: MadeBucket, folder: str, contents: list[bytes]) -> None:
    """Write objects, some at once."""
    numbers = iter(enumerate(contents))

    async def put_some() -> None:
        for number, content in numbers:
            key = f"pings/{folder}/hour={number % 24:02}/{number:06}"
            await obstore.put_async(bucket.connection, key, content)

    await asyncio.gather(*(put_some() for _ in range(_AT_ONCE)))


class ManyObjectsTest(unittest.TestCase):
    bucket: ClassVar[MadeBucket]

    @classmethod
    def setUpClass(cls) -> None:
        cls.bucket = s3_bucket()

    def setUp(self) -> None:
        use_environment(self, self.bucket.environment)

    def say(self, text: str) -> None:
        """Report a figure."""
        sys.stderr.write(f"{text}\n")

    def test_exact_result_with_faults(self) -> None:
        """Of 50,000 objects, 1 request in 100 fails, and each ping is counted once."""
        contents = [pings_of(number) for number in range(OBJECTS)]
        asyncio.run(put_all(self.bucket, f"submission_date={DAY}", contents))
        chance = random.Random(50)  # noqa: S311  Not for secrets.
        faults = (slow_down(), Fault(status=500), Fault(reset_after=150), Fault(reset_after=0))
        injected: Counter[str] = Counter()

        def fault_of(_: str) -> Fault | None:
            if chance.random() >= FAULTY_SHARE:
                return None
            fault = chance.choice(faults)
            injected[f"status {fault.status}" if fault.status else "reset"] += 1
            return fault

        url = fresh_database(self)
        folder = Path(self.enterContext(TemporaryDirectory()))
        with FaultyProxy(self.bucket.endpoint) as proxy:
            proxy.fault_of = fault_of
            storage = self.bucket.options(proxy.url, timeout_seconds=60)
            job = made_job(f"{self.bucket.url}/pings", url, folder, storage=storage)
            began = perf_counter()
            (summary,) = filled(job, DAY)
        assert isinstance(summary, DaySummary), summary.error
        self.say(
            f"{OBJECTS} objects in {perf_counter() - began:.0f} s, {len(proxy.requests)} requests, "
            f"faults: {dict(injected)}"
        )
        self.assertEqual(summary.files_read, OBJECTS)
        self.assertEqual(summary.pings_read, OBJECTS + OBJECTS // 25)
        counted = dict(
            rows(
                url,
                "SELECT dimensions->>'channel', sum(ping_count)::int FROM crash_aggregates "
                "WHERE ping_count > 0 GROUP BY 1",
            )
        )
        channels = Counter(f"{number % 11}" for number in range(OBJECTS))
        self.assertEqual(counted.pop("nightly", 0), 0)
        self.assertEqual(counted, channels)
        crashes = rows(url, "SELECT sum(main_crashes)::int FROM crash_aggregates")
        self.assertEqual(crashes, [(OBJECTS // 25,)])
        self.assertGreater(sum(injected.values()), OBJECTS * FAULTY_SHARE / 2)

    def test_listing_of_many_objects(self) -> None:
        """100,000 objects are listed, each once."""
        asyncio.run(put_all(self.bucket, f"submission_date={OTHER_DAY}", [b"{}\n"] * LISTED))
        store = open_store(f"{self.bucket.url}/pings", self.bucket.options(timeout_seconds=60))
        began = perf_counter()
        files = store.list_day(OTHER_DAY)
        seconds = perf_counter() - began
        self.say(f"{LISTED} objects listed in {seconds:.1f} s")
        self.assertEqual(len({file.url for file in files}), LISTED)
        self.assertLess(seconds, _MOST_LISTING_SECONDS)


if __name__ == "__main__":
    unittest.main()
