from __future__ import annotations

import gzip
import unittest
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.engines.interface import DayRequest, Engine
from crash_rate_aggregates.errors import (
    DamagedFileError,
    EngineError,
    ExecutorMismatchError,
    UnreadableFileError,
)
from crash_rate_aggregates.rows import CRASH_AGGREGATES
from test.engines import contract
from test.engines.faulty_stores import FailsAtFirst
from test.engines.made_days import (
    HeardProgress,
    Interposed,
    day_folder,
    day_request,
    lines,
    main_ping,
    write_day,
    write_sample_day,
)
from test.spark import QUICK, SECRET, needs_spark, shared_engine

QUICK_JAVA = QUICK["spark.driver.extraJavaOptions"].encode()


def driver_versions() -> dict[str, str]:
    """Return the versions of this process; importing them loads Spark."""
    from crash_rate_aggregates.engines.spark.executors.judge_task import versions  # noqa: PLC0415  The reason above.

    return versions()


@needs_spark
class SparkEngineTest(contract.EngineContract):
    def engine(self, jobs: int) -> Engine:
        """Return the shared engine: its number of workers is fixed."""
        del jobs
        return shared_engine()

    def computed_from(self, request: DayRequest, progress: HeardProgress) -> list[tuple[Any, ...]]:
        """Compute a request and return its aggregates, sorted."""
        with self.engine(2).aggregate_day(request, progress) as result:
            return sorted(
                tuple(row.values())
                for batch in result.tables[CRASH_AGGREGATES]
                for row in batch.to_pylist()
            )

    def test_equals_embedded(self) -> None:
        """A day of dirty sample pings gives the same table and ledger on both, row for row."""
        write_sample_day(self.pings, pings=6000, seed=7)
        on_spark = self.compute(DIMENSIONS)
        embedded = EmbeddedEngine(2, self.folder / "scratch", GroupingLimits("512MB", "1GB", 2))
        with patch.object(self, "engine", lambda _: embedded):
            on_one_machine = self.compute(DIMENSIONS)
        self.assertEqual(on_spark, on_one_machine)
        self.assertGreater(len(on_spark.aggregates), 1000)

    def test_settings_are_in_no_argument(self) -> None:
        """What Spark is told, which may be a secret, stands in no argument that `ps` shows."""
        write_day(self.pings, {"1.json": lines([main_ping()])})
        self.compute(DIMENSIONS)
        shown = []
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # It has ended.
                shown.append(file.read_bytes())
        # Java runs, and its own options came with the settings.
        submitted = [one for one in shown if b"--properties-file" in one and QUICK_JAVA in one]
        self.assertEqual(len(submitted), 1)
        self.assertEqual([one for one in shown if SECRET.encode() in one], [])
        self.assertEqual(list(self.folder.rglob("spark.conf")), [])

    def test_file_that_fails_twice(self) -> None:
        """A file that cannot be read twice is read the third time, and counts once."""
        write_day(
            self.pings, {"1.json": lines(contract.mixed_pings()), "2.gz": lines([main_ping()])}
        )
        request = day_request(self.pings, contract.CHANNEL)
        marks = self.folder / "marks"
        marks.mkdir()
        store = FailsAtFirst(request.store, marks, 2)
        flaky = replace(request, store=store)
        progress = HeardProgress()
        failing = self.computed_from(flaky, progress)
        self.assertEqual(failing, self.computed_from(request, HeardProgress()))
        self.assertEqual(progress.pings, len(contract.mixed_pings()) + 1)
        self.assertEqual([store.readings(file) for file in request.files], [3, 3])

    def test_tells_of_tasks(self) -> None:
        """Progress hears of the tasks done of all."""
        write_day(self.pings, {f"{n}.json": lines([main_ping()]) for n in range(3)})
        progress = HeardProgress()
        self.computed_from(day_request(self.pings), progress)
        done, of = progress.last_tasks or (0, 0)
        self.assertEqual(done, of)
        self.assertGreater(of, 1)

    def test_file_that_fails_always(self) -> None:
        """A file that cannot be read at any attempt fails the day by the store's own sentence."""
        write_day(self.pings, {"1.json": lines([main_ping()])})
        request = day_request(self.pings)
        flaky = replace(request, store=FailsAtFirst(request.store, self.folder, 100))
        with self.assertRaisesRegex(UnreadableFileError, r"^cannot read '.*1\.json': try again$"):
            self.computed_from(flaky, HeardProgress())

    def test_damaged_file_is_read_once(self) -> None:
        """A damaged file is no passing fault: the day fails at the first attempt."""
        cut = day_folder(self.pings) / "cut.gz"
        cut.write_bytes(gzip.compress(lines([main_ping()] * 50), 0)[:-28])
        request = day_request(self.pings)
        marks = self.folder / "marks"
        marks.mkdir()
        store = FailsAtFirst(request.store, marks, 0)
        with self.assertRaisesRegex(DamagedFileError, r"cut\.gz' is damaged"):
            self.computed_from(replace(request, store=store), HeardProgress())
        # Once to the damage, and once more in small steps for what lies just before it.
        self.assertEqual(store.readings(*request.files), 2)

    def lose_rows(self) -> None:
        """Forget all rows that are kept, as if each worker that had some were lost."""
        application = shared_engine()._application
        assert application is not None
        for kept in application.session.sparkContext._jsc.getPersistentRDDs().values():
            kept.unpersist(True)

    def test_lost_rows_are_judged_anew(self) -> None:
        """Rows that are lost after the ledger was drawn up are judged again, to the same end."""
        write_day(self.pings, {"1.json": lines(contract.mixed_pings())})
        request = day_request(self.pings, contract.CHANNEL)
        progress = Interposed(stages={"group": self.lose_rows})
        self.assertEqual(self.computed_from(request, progress), contract.MIXED_AGGREGATES)
        self.assertEqual(progress.pings, len(contract.mixed_pings()))

    def test_file_changes_after_its_rows_are_lost(self) -> None:
        """A file that is another one when its rows are judged anew fails the day."""
        path = day_folder(self.pings) / "1.json"
        path.write_bytes(lines([main_ping()]))
        request = day_request(self.pings)

        def change() -> None:
            path.write_bytes(lines([main_ping(**{"payload/info/subsessionLength": 1801})]))
            self.lose_rows()

        with self.assertRaisesRegex(EngineError, "had changed or were gone"):
            self.computed_from(request, Interposed(stages={"group": change}))

    def test_file_vanishes_after_its_rows_are_lost(self) -> None:
        """A file that is gone when its rows are judged anew fails the day."""
        write_day(self.pings, {"1.json": lines([main_ping()])})
        request = day_request(self.pings)

        def vanish() -> None:
            (day_folder(self.pings) / "1.json").unlink()
            self.lose_rows()

        with self.assertRaisesRegex(EngineError, "had changed or were gone"):
            self.computed_from(request, Interposed(stages={"group": vanish}))

    def test_other_versions_in_executors(self) -> None:
        """Executors with another version of a wheel that decides are found and named."""
        write_day(self.pings, {"1.json": lines([main_ping()])})
        request = day_request(self.pings)
        driver = "crash_rate_aggregates.engines.spark.spark_day.versions"
        others = {**driver_versions(), "msgspec": "0.1"}
        with (
            patch(driver, lambda: others),
            self.assertRaisesRegex(
                ExecutorMismatchError,
                r"an executor has msgspec [0-9.]+ and the driver 0\.1: .*arch",
            ),
        ):
            self.computed_from(request, HeardProgress())

    def test_sum_beyond_bigint(self) -> None:
        """A sum that outgrows bigint fails the day instead of wrapping around."""
        application = shared_engine()._running(HeardProgress())
        session = application.session.newSession()
        session.conf.set("spark.sql.ansi.enabled", "true")
        rows = session.range(2).selectExpr("9223372036854775807 AS x")
        with self.assertRaisesRegex(EngineError, "overflow"):
            application.call(lambda: rows.selectExpr("sum(x)::BIGINT").collect())


if __name__ == "__main__":
    unittest.main()
