"""50,000 objects behind a faulty server give the exact result; 100,000 are listed in seconds."""

from __future__ import annotations

import asyncio
import random
import sys
import threading
import unittest
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import obstore

from crash_rate_aggregates.job import DaySummary
from crash_rate_aggregates.sources.stores.objects.storage_options import StorageOptions
from crash_rate_aggregates.sources.stores.urls import open_store
from test.engines.made_days import DAY, crash_ping, lines, main_ping
from test.faulty_proxy import Fault, FaultyProxy, slow_down
from test.job.days_in_postgres import filled, made_job, rows
from test.object_servers import MadeBucket, s3_bucket, use_environment
from test.servers import fresh_database

OBJECTS = 50_000
LISTED = 100_000
FAULTY_SHARE = 0.01
MOST_LISTING_SECONDS = 20
_PAGE = 1000
_AT_ONCE = 16


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


def say(text: str) -> None:
    """Report a figure."""
    sys.stderr.write(f"{text}\n")


def key_of(number: int) -> str:
    """Name an object of the large listing."""
    return f"pings/submission_date={DAY}/{number:06}"


def page_of(start: int) -> bytes:
    """Write a page of the large listing, as S3 does."""
    end = start + _PAGE
    objects = "".join(
        f"<Contents><Key>{key_of(number)}</Key><LastModified>2016-03-15T04:05:06.000Z"
        f"</LastModified><ETag>&quot;{number:032x}&quot;</ETag><Size>{number}</Size></Contents>"
        for number in range(start, end)
    )
    token = f"<NextContinuationToken>{end}</NextContinuationToken>" if end < LISTED else ""
    is_cut = str(bool(token)).lower()
    return (
        f"<ListBucketResult><Name>bucket</Name><IsTruncated>{is_cut}</IsTruncated>{token}{objects}"
        "</ListBucketResult>"
    ).encode()


class _Pages(BaseHTTPRequestHandler):
    """Answers any listing with the large one. moto takes minutes: it sorts all for each page."""

    protocol_version = "HTTP/1.1"
    pages: ClassVar = {start: page_of(start) for start in range(0, LISTED, _PAGE)}

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        page = self.pages[int(query.get("continuation-token", ["0"])[0])]
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


def listing_server(test_case: unittest.TestCase) -> str:
    """Start a server of the large listing that ends with the test; return its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    test_case.addCleanup(server.server_close)
    test_case.addCleanup(thread.join)
    test_case.addCleanup(server.shutdown)
    return f"http://127.0.0.1:{server.server_address[1]}"


class ManyObjectsTest(unittest.TestCase):
    bucket: ClassVar[MadeBucket]

    @classmethod
    def setUpClass(cls) -> None:
        cls.bucket = s3_bucket()

    def setUp(self) -> None:
        use_environment(self, self.bucket.environment)

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
        say(
            f"{OBJECTS} objects in {perf_counter() - began:.0f} s, {len(proxy.requests)} requests, "
            f"faults: {dict(injected)}"
        )
        self.assertEqual(summary.run.facts.files_read, OBJECTS)
        self.assertEqual(summary.run.facts.pings_read, OBJECTS + OBJECTS // 25)
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


class ListingTest(unittest.TestCase):
    def test_listing_of_many_objects(self) -> None:
        """100,000 objects, in pages of 1,000, are listed each once, in seconds."""
        use_environment(self, {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "none"})
        store = open_store("s3://bucket/pings", StorageOptions(endpoint=listing_server(self)))
        began = perf_counter()
        files = store.list_day(DAY)
        seconds = perf_counter() - began
        say(f"{LISTED} objects listed in {seconds:.1f} s")
        self.assertEqual([file.size for file in files], list(range(LISTED)))
        self.assertEqual(files[-1].url, f"s3://bucket/{key_of(LISTED - 1)}")
        self.assertLess(seconds, MOST_LISTING_SECONDS)


if __name__ == "__main__":
    unittest.main()
