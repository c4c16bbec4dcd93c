from __future__ import annotations

import bz2
import gzip
import multiprocessing
import threading
import time
import unittest
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from unittest.mock import patch

from crash_rate_aggregates.engines import split
from crash_rate_aggregates.engines.embedded import blocks
from crash_rate_aggregates.engines.embedded import engine as embedded_engine
from crash_rate_aggregates.engines.embedded.duckdb_grouping import Grouping
from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.engines.embedded.worker_tasks import Task, judge_files, prepare_worker
from crash_rate_aggregates.engines.interface import DayRequest, Engine
from crash_rate_aggregates.errors import (
    DamagedFileError,
    EngineError,
    ScratchError,
    UnreadableFileError,
    WorkerDiedError,
)
from crash_rate_aggregates.rows import CRASH_AGGREGATES
from test.engines import contract
from test.engines.embedded.worker_modules import modules_after_judging
from test.engines.faulty_stores import ANOTHER_SECONDS, BrokenDisk, Stalls
from test.engines.made_days import (
    HeardProgress,
    day_folder,
    day_request,
    lines,
    main_ping,
    write_day,
)


class EmbeddedEngineTest(contract.EngineContract):
    def engine(self, jobs: int, scratch_space: str = "1GB") -> Engine:
        """Make an embedded engine with a scratch folder of its own."""
        limits = GroupingLimits("512MB", scratch_space, jobs)
        engine = EmbeddedEngine(jobs, self.folder / "scratch", limits)
        self.addCleanup(engine.close)
        return engine

    def setUp(self) -> None:
        super().setUp()
        # Engines of other tests may be there still, with theirs.
        self.others = set(multiprocessing.active_children())
        self.addCleanup(self.nothing_left)

    def nothing_left(self) -> None:
        """Hold after each test, its engines closed, that nothing is left: no rows, no worker."""
        scratch = self.folder / "scratch"
        self.assertEqual(list(scratch.iterdir()) if scratch.exists() else [], [])
        self.assertEqual(self.workers(), set())

    def workers(self) -> set[int | None]:
        """Return which processes this test has started."""
        return {one.pid for one in set(multiprocessing.active_children()) - self.others}

    def workers_after(self, engine: Engine) -> set[int | None]:
        """Compute a day and return which processes are there then."""
        with engine.aggregate_day(day_request(self.pings), HeardProgress()):
            pass
        return self.workers()

    def test_workers_are_kept(self) -> None:
        """Two days have the same workers, which end when the engine is closed."""
        write_day(self.pings, {"1": lines([main_ping()]), "2": lines([main_ping()])})
        engine = self.engine(2)
        found = [self.workers_after(engine) for _ in range(2)]
        self.assertEqual((len(found[0]), found[1]), (2, found[0]))
        engine.close()
        self.assertEqual(self.workers(), set())

    def test_workers_end_after_a_large_day(self) -> None:
        """A day of which more is stored than is usual for a small one keeps no worker."""
        write_day(self.pings, {"1": lines([main_ping()])})
        # The bound saves time on small files and changes no result.
        self.enterContext(patch.object(embedded_engine, "_KEPT_UP_TO", 0))
        self.assertEqual(self.workers_after(self.engine(1)), set())

    def shared(self) -> None:
        """Share every file among workers, in small blocks: configuration, only smaller."""
        # The bounds save time on small files and change no result; 33 MB would cost more to make.
        self.enterContext(patch.object(split, "SHARE_BYTES", 0))
        self.enterContext(patch.object(blocks, "_BLOCK_BYTES", 2000))

    def test_shared_file_equals_many_files(self) -> None:
        """One file whose pings are dealt to all workers gives what the same pings in files give."""
        self.shared()
        write_day(self.pings, {"large.gz": lines(contract.mixed_pings())})
        request = day_request(self.pings)
        self.assertEqual(split.split_work(request.files, 2), split.DayWork((), request.files))
        computed = self.compute(jobs=2)
        self.assertEqual(computed.ledger, contract.MIXED_LEDGER)
        self.assertEqual(computed.aggregates, contract.MIXED_AGGREGATES)

    def test_damaged_shared_file(self) -> None:
        """A cut file that is shared fails the day by its name, or counts up to the cut."""
        self.shared()
        cut = day_folder(self.pings) / "cut.gz"
        cut.write_bytes(gzip.compress(lines([main_ping()] * 50), 0)[:-28])
        with self.assertRaisesRegex(DamagedFileError, r"cut\.gz"):
            self.compute()
        computed = self.compute(allow_damaged=True)
        self.assertEqual(
            computed.ledger,
            [("main", "outcome", "counted", 49), ("unknown", "outcome", "unreadable", 1)],
        )
        self.assertEqual([damaged.file for damaged in computed.damaged], [str(cut)])

    def stalling(self, *names: str) -> tuple[DayRequest, Stalls]:
        """Ask for a day of files of which the first gives no ping until it is let go."""
        for name in names:
            (day_folder(self.pings) / name).write_bytes(bz2.compress(b"{}"))
        request = day_request(self.pings)
        store = Stalls(
            request.store,
            str(day_folder(self.pings) / names[0]),
            self.folder / "began",
            self.folder / "go-on",
        )
        return replace(request, store=store), store

    def test_worker_killed(self) -> None:
        """A worker killed in a file is an error that says so; none is left, and new ones come."""
        request, store = self.stalling("slow")

        def kill_reader() -> None:
            while not store.began.exists():
                time.sleep(0.02)  # A worker ends this.
            for worker in multiprocessing.active_children():
                worker.kill()

        killer = threading.Thread(target=kill_reader, daemon=True)
        killer.start()
        engine = self.engine(2)
        with (
            self.assertRaisesRegex(WorkerDiedError, "fewer --jobs than 2"),
            engine.aggregate_day(request, HeardProgress()),
        ):
            self.fail("a day without its pings")
        killer.join()
        self.assertEqual(self.workers(), set())
        # The next day has others.
        write_day(self.folder / "next", {"1": lines([main_ping()])})
        request = day_request(self.folder / "next")
        with engine.aggregate_day(request, HeardProgress()) as result:
            self.assertEqual(result.pings_read, 1)

    def test_workers_end_with_the_day(self) -> None:
        """A file that fails ends the day at once, though another worker waits for its pings."""
        request, store = self.stalling("slow", "bad")
        began = time.monotonic()
        with (
            self.assertRaisesRegex(UnreadableFileError, "bad' is compressed by bzip2"),
            self.engine(2).aggregate_day(request, HeardProgress()),
        ):
            self.fail("a day without its pings")
        self.assertTrue(store.began.exists())
        self.assertLess(time.monotonic() - began, ANOTHER_SECONDS / 2)
        self.assertEqual(self.workers(), set())

    def test_faults_of_sources_are_not_of_scratch(self) -> None:
        """What fails while pings are read is never told as a fault of the scratch folder."""
        write_day(self.pings, {"main_v5.parquet": b"PAR1" + bytes(100)})
        request = day_request(self.pings)
        broken = replace(request, store=BrokenDisk(request.store))
        with (
            self.assertRaisesRegex(
                UnreadableFileError, r"cannot read '.*/main_v5\.parquet': Input/output error"
            ),
            self.engine(1).aggregate_day(broken, HeardProgress()),
        ):
            self.fail("a day without its pings")
        unknown = replace(broken, store=BrokenDisk(request.store, in_stream=True))
        with self.assertRaises(OSError):  # A defect of the store, which must not be hidden.
            judge_files(unknown, unknown.files, Task(0, self.folder / "rows.parquet"))

    def test_workers_stay_small(self) -> None:
        """A worker that has judged pings has loaded neither DuckDB nor psycopg, nor a terminal."""
        write_day(self.pings, {"1.gz": lines(contract.mixed_pings())})
        request = day_request(self.pings)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context, initializer=prepare_worker) as pool:
            rows = self.folder / "rows.parquet"
            loaded = pool.submit(modules_after_judging, request, rows).result()
        self.assertIn("msgspec", loaded)
        self.assertEqual(loaded & {"duckdb", "psycopg", "rich", "pydantic", "pyspark"}, set())

    def test_no_scratch_folder(self) -> None:
        """A scratch folder that cannot be made is one sentence with its name and the remedy."""
        (self.folder / "file").write_bytes(b"")
        write_day(self.pings, {"1": lines([main_ping()])})
        engine = EmbeddedEngine(1, self.folder / "file" / "x", GroupingLimits("1GB", "1GB", 1))
        with (
            self.assertRaisesRegex(ScratchError, r"file/x': Not a directory.*setting `scratch`"),
            engine.aggregate_day(day_request(self.pings), HeardProgress()),
        ):
            self.fail("rows without a place")

    def test_group_stage_without_memory(self) -> None:
        """A group stage with too little memory and no room to spill fails in one sentence."""
        write_day(
            self.pings,
            {
                "1": lines(
                    [
                        main_ping(**{"application/channel": str(n), "id": f"{n % 9000}"})
                        for n in range(18_000)
                    ]
                )
            },
        )
        engine = EmbeddedEngine(1, self.folder / "scratch", GroupingLimits("2MB", "0MB", 1))
        self.addCleanup(engine.close)
        with (
            self.assertRaises(EngineError) as raised,
            engine.aggregate_day(day_request(self.pings), HeardProgress()) as result,
        ):
            list(result.tables[CRASH_AGGREGATES])
        self.assertNotIn("\n", str(raised.exception))

    def test_interrupted_in_a_name(self) -> None:
        """A file whose name has "interrupted" in it, and that fails, is no Ctrl-C."""
        grouping = Grouping(self.folder, GroupingLimits("512MB", "1GB", 1))
        self.addCleanup(grouping.close)
        missing = self.folder / "uninterrupted" / "rows.parquet"
        with self.assertRaisesRegex(EngineError, "uninterrupted"):
            grouping.load([missing], ())

    def test_memory_that_duckdb_refuses(self) -> None:
        """A limit that only DuckDB can refuse is one sentence too."""
        with self.assertRaises(EngineError) as raised:
            Grouping(self.folder, GroupingLimits("9" * 20 + "GB", "1GB", 1))
        self.assertNotIn("\n", str(raised.exception))


if __name__ == "__main__":
    unittest.main()
