from __future__ import annotations

import gzip
import random
import threading
import unittest
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from crash_rate_aggregates.errors import (
    BucketNotFoundError,
    ObjectChangedError,
    StorageCredentialsError,
)
from crash_rate_aggregates.job import DaySummary, FailedDay, Job
from crash_rate_aggregates.sources.stores.selection import PathSelection
from test.cli.command_line import assert_interrupted, command, ended_after, started
from test.engines.made_days import DAY, crash_ping, lines, main_ping, write_day
from test.faulty_proxy import Fault, FaultyProxy, always, in_turn, slow_down
from test.job.days_in_postgres import TABLE, filled, made_job, rows
from test.object_servers import s3_bucket, use_environment
from test.servers import fresh_database

FAULTY_SHARE = 0.05


def day_files(number: int) -> dict[str, bytes]:
    """Make many small files: main pings of some channels, some crashes, every third compressed."""
    files = {}
    for n in range(number):
        mains = [main_ping(**{"application/channel": f"{(n + m) % 7}"}) for m in range(3)]
        content = lines([*mains, crash_ping()])
        files[f"{n:05}.gz" if n % 3 == 0 else f"{n:05}"] = content
    return files


class ObjectDaysTestCase(unittest.TestCase):
    """A bucket behind a proxy that fails as it is told, and a database."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.bucket = s3_bucket()
        use_environment(self, self.bucket.environment)
        self.proxy = self.enterContext(FaultyProxy(self.bucket.endpoint))
        self.url = fresh_database(self)

    def put_day(self, files: Mapping[str, bytes]) -> None:
        """Write a day's objects."""
        for name, content in files.items():
            stored = gzip.compress(content, 1) if name.endswith(".gz") else content
            self.bucket.put(f"pings/submission_date=2016-03-14/{name}", stored)

    def rows_of_folder(self, files: Mapping[str, bytes]) -> list[tuple[Any, ...]]:
        """Fill the same day from a folder and return its table."""
        local = fresh_database(self)
        filled(
            made_job(write_day(self.folder / "pings", files), local, self.folder / "scratch"), DAY
        )
        return rows(local)

    def job(self, place: str = "", **options: Any) -> Job:
        """Make a job that reads the bucket through the proxy."""
        place = place or f"{self.bucket.url}/pings"
        storage = self.bucket.options(self.proxy.url, retries=3)
        job = made_job(place, self.url, self.folder / "scratch", storage=storage)
        return replace(job, **options)

    def filled(self, job: Job) -> DaySummary | FailedDay:
        """Run the day."""
        (result,) = filled(job, DAY)
        return result


class ObjectDaysTest(ObjectDaysTestCase):
    def test_same_table_as_from_a_folder(self) -> None:
        """A day in a bucket, with faults, gives the table of the same day in a folder."""
        files = day_files(120)
        expected = self.rows_of_folder(files)
        self.put_day(files)
        chance = random.Random(2016)  # noqa: S311  Not for secrets.
        faults = (slow_down(), Fault(status=500), Fault(reset_after=200), Fault(reset_after=0))
        self.proxy.fault_of = lambda _: (
            chance.choice(faults) if chance.random() < FAULTY_SHARE else None
        )
        summary = self.filled(self.job())
        assert isinstance(summary, DaySummary), summary.error
        facts = summary.run.facts
        self.assertEqual((facts.files_read, facts.pings_read), (120, 480))
        self.assertEqual(rows(self.url), expected)
        self.assertGreater(len(self.proxy.requests), 121)

    def test_failures_keep_the_stored_day(self) -> None:
        """An object gone, overwritten or closed in the middle of the day leaves the stored day."""
        self.put_day(day_files(2))
        self.filled(self.job())
        stored = rows(self.url)
        self.put_day(day_files(12))
        key = "pings/submission_date=2016-03-14/00007"
        for fault, kind in (
            (Fault(before=lambda: self.bucket.remove(key)), ObjectChangedError),
            (Fault(before=lambda: self.bucket.put(key, lines([main_ping()]))), ObjectChangedError),
            (Fault(status=400, code="ExpiredToken"), StorageCredentialsError),
        ):
            self.bucket.put(key, lines([crash_ping()]))
            self.proxy.fault_of = always(fault, path=key)
            failed = self.filled(self.job())
            assert isinstance(failed, FailedDay)
            self.assertIs(type(failed.error), kind)
            self.assertIn(key, str(failed.error))
            self.assertEqual(rows(self.url, TABLE), stored)
        self.proxy.fault_of = in_turn()
        self.assertIsInstance(self.filled(self.job()), DaySummary)
        self.assertNotEqual(rows(self.url, TABLE), stored)

    def test_missing_bucket(self) -> None:
        """A day in a bucket that does not exist fails by the bucket's name."""
        failed = self.filled(self.job("s3://no-such-bucket/pings"))
        assert isinstance(failed, FailedDay)
        self.assertIsInstance(failed.error, BucketNotFoundError)

    def test_part_of_a_day_is_recorded_as_such(self) -> None:
        """A run of a part of the day reads that part alone, and its record says which."""
        for path, ping in (
            ("main/Firefox/nightly/48.0a1/20160313030418/a", main_ping()),
            ("main/Firefox/beta/46.0/20160313030418/a", main_ping()),
            ("crash/Firefox/nightly/48.0a1/20160313030418/a", crash_ping()),
        ):
            self.bucket.put(f"t-2/20160314/telemetry/4/{path}", lines([ping]))
        place = f"{self.bucket.url}/t-2/%Y%m%d/telemetry/4"
        sums = (
            "SELECT sum(ping_count)::int, sum(main_crashes)::int, min(pings_source) "
            "FROM crash_aggregates JOIN crash_aggregates_current_runs USING (submission_date)"
        )
        self.filled(self.job(place))
        self.assertEqual(rows(self.url, sums), [(2, 1, place)])
        self.filled(self.job(place, selection=PathSelection(("main",), channels=("nightly",))))
        recorded = f"{place} (doc type main; channel nightly)"
        self.assertEqual(rows(self.url, sums), [(1, 0, recorded)])
        asked = {path.partition("&prefix=")[2] for path, _ in self.proxy.requests}
        self.assertIn("t-2/20160314/telemetry/4/main/", asked)
        self.assertNotIn("t-2/20160314/telemetry/4/crash/", asked)


class CommandTest(ObjectDaysTestCase):
    """The same through the command line."""

    def run_day(self, *flags: str, **settings: Any) -> tuple[int, str]:
        """Run the day; return the exit code and what was said to people."""
        place = ["--database", self.url, "--submission-date", "20160314", "--jobs", "1"]
        done = command("run", *place, *flags, cwd=self.folder, **settings)
        return done.returncode, done.stdout + done.stderr

    def test_flags_and_environment(self) -> None:
        """The endpoint can be a flag or a variable; doc types stand with commas or repeated."""
        for kind, ping in (("main", main_ping()), ("crash", crash_ping()), ("other", b"{}")):
            path = f"t-2/20160314/telemetry/4/{kind}/Firefox/nightly/48.0a1/20160313030418/a"
            self.bucket.put(path, lines([ping]))
        pings = f"{self.bucket.url}/t-2/%Y%m%d/telemetry/4"
        parts = ["--doc-type", "main,other", "--doc-type", "crash", "--channel", "nightly"]
        endpoint = ["--storage-endpoint", self.proxy.url]
        code, said = self.run_day("--pings", pings, *endpoint, *parts)
        self.assertEqual(code, 0, said)
        self.assertIn("3 pings read, 2 counted (1 other_doc_type)", said)
        code, said = self.run_day(
            "--doc-type", "crash", PINGS=pings, STORAGE_ENDPOINT=self.proxy.url, CHANNELS="nightly"
        )
        self.assertEqual(code, 0, said)
        self.assertIn("1 pings read, 1 counted", said)
        source = "SELECT pings_source FROM crash_aggregates_current_runs"
        self.assertEqual(rows(self.url, source), [(f"{pings} (doc type crash; channel nightly)",)])

    def test_interrupted_while_the_server_is_silent(self) -> None:
        """Ctrl-C while a server says nothing ends the program at once, listing or reading."""
        self.put_day({"a": lines([main_ping()])})
        is_over = threading.Event()
        self.addCleanup(is_over.set)
        silence = Fault(before=lambda: is_over.wait(60))
        for path in ("list-type", "/a"):
            self.proxy.requests.clear()
            self.proxy.fault_of = always(silence, path=path)
            place = ["--pings", f"{self.bucket.url}/pings", "--database", self.url]
            endpoint = ["--storage-endpoint", self.proxy.url, "--submission-date", "20160314"]
            process = started("run", *place, *endpoint, "--jobs", "1", cwd=self.folder)
            self.addCleanup(process.kill)
            while not any(path in asked for asked, _ in self.proxy.requests):
                self.assertFalse(ended_after(process, 0.02))
            began = monotonic()
            assert_interrupted(self, process, timeout=50)
            self.assertLess(monotonic() - began, 20)

    def test_one_sentence_without_secrets(self) -> None:
        """What fails is one sentence with its slug and exit code, and no key stands in it."""
        self.put_day({"a": lines([main_ping()])})
        self.proxy.fault_of = always(Fault(status=400, code="ExpiredToken"), path="/a")
        place = f"{self.bucket.url}/pings"
        code, said = self.run_day("--pings", place, "--storage-endpoint", self.proxy.url)
        self.assertEqual(code, 1)
        last = said.splitlines()[-1]
        self.assertRegex(last, r"^error: 2016-03-14: cannot read 's3:.*\[storage-credentials\]$")
        for pings, flags in (
            (f"s3://AKIA1:hush@{place[5:]}", ()),
            (place, ("--storage-endpoint", "http://AKIA1:hush@127.0.0.1")),
            (place, ("--doc-type", "main")),
        ):
            code, refused = self.run_day("--pings", pings, *flags)
            self.assertEqual(code, 2, refused)
            self.assertRegex(refused, r"^error: .* \[bad-setting\]\n$")
            said += refused
        for secret in ("hush", "AKIA1", *self.bucket.environment.values()):
            self.assertNotIn(secret, said)
        self.assertEqual(rows(self.url), [])


if __name__ == "__main__":
    unittest.main()
