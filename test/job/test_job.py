from __future__ import annotations

import signal
import threading
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pyarrow as pa

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.access.locks import changing_day
from crash_rate_aggregates.engines.interface import DayRequest, DayResult, Engine, Progress
from crash_rate_aggregates.errors import (
    DamagedFileError,
    DatabaseError,
    DefectError,
    EngineError,
    InterruptedRunError,
    MachineError,
    NoPingsError,
    NothingCountedError,
    PingsNotFoundError,
)
from crash_rate_aggregates.job import (
    DaySummary,
    FailedDay,
    Job,
    run_day,
)
from test.engines.made_days import crash_ping, day_folder, lines, main_ping, write_day
from test.job.days_in_postgres import TABLE, counted, filled, made_job, rows
from test.servers import fresh_database

DAY = date(2016, 3, 14)
NEW_YEAR = [date(2015, 12, 31), date(2016, 1, 1)]
LEAP = [date(2016, 2, 28), date(2016, 2, 29), date(2016, 3, 1)]
SUMS = (
    "SELECT submission_date, sum(ping_count)::int, sum(main_crashes)::int "
    "FROM crash_aggregates GROUP BY 1 ORDER BY 1"
)


@dataclass(frozen=True)
class InterruptedEngine:
    """An engine in whose work Ctrl-C comes: before the day's result is stored, or after."""

    engine: Engine
    is_after: bool
    name = "interrupted"

    @contextmanager
    def aggregate_day(self, request: DayRequest, progress: Progress) -> Iterator[DayResult]:
        """Compute as the engine does."""
        with self.engine.aggregate_day(request, progress) as result:
            if not self.is_after:
                signal.raise_signal(signal.SIGINT)
            yield result
            signal.raise_signal(signal.SIGINT)

    def close(self) -> None:
        """Close the engine."""
        self.engine.close()


@dataclass(frozen=True)
class LosingEngine:
    """An engine in whose work the database loses its tables, and then Ctrl-C comes."""

    engine: Engine
    url: str
    name = "losing"

    @contextmanager
    def aggregate_day(self, request: DayRequest, progress: Progress) -> Iterator[DayResult]:
        """Compute as the engine does."""
        with self.engine.aggregate_day(request, progress) as result:
            with connect(self.url) as connection:
                connection.execute("DROP TABLE crash_aggregates_runs CASCADE")
            signal.raise_signal(signal.SIGINT)
            yield result

    def close(self) -> None:
        """Close the engine."""
        self.engine.close()


@dataclass(frozen=True)
class FaultyEngine:
    """An engine that fails on one day as nobody foresaw."""

    engine: Engine
    day: date
    fault: Exception
    name = "faulty"

    @contextmanager
    def aggregate_day(self, request: DayRequest, progress: Progress) -> Iterator[DayResult]:
        """Compute other days as the engine does."""
        if request.submission_date == self.day:
            raise self.fault
        with self.engine.aggregate_day(request, progress) as result:
            yield result

    def close(self) -> None:
        """Close the engine."""
        self.engine.close()


class JobTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.pings = self.folder / "pings"
        self.url = fresh_database(self)

    def engine(self) -> Engine | None:
        """Return the engine under test; None is the embedded one."""
        return None

    def job(self, *, allow_empty: bool = False) -> Job:
        """Make a job with one worker."""
        job = made_job(self.pings, self.url, self.folder / "scratch", jobs=1, engine=self.engine())
        return replace(job, allow_empty=allow_empty)

    def write(self, day: date, mains: int, crashes: int = 1) -> None:
        """Replace a day's pings: active that day, each of another channel by turns of three."""
        started = {"payload/info/subsessionStartDate": day.isoformat()}
        pings = [main_ping(**started, **{"application/channel": f"{n % 3}"}) for n in range(mains)]
        pings += [crash_ping(**{"payload/crashDate": day.isoformat()})] * crashes
        write_day(self.pings, {"1.gz": lines(pings)}, day)

    def errors(self, results: list[DaySummary | FailedDay]) -> dict[date, type]:
        """Return the days that failed with the kinds of their errors."""
        return {
            result.submission_date: type(result.error)
            for result in results
            if isinstance(result, FailedDay)
        }

    def test_new_year_and_leap_day(self) -> None:
        """Ranges over New Year and a leap day fill day by day, and a rerun changes no row."""
        days = [*NEW_YEAR, *LEAP]
        for number, day in enumerate(days):
            self.write(day, mains=3 + number, crashes=number)
        self.assertEqual(self.errors(filled(self.job(), *days)), {})
        first = rows(self.url, TABLE)
        self.assertEqual(
            rows(self.url, SUMS), [(day, 3 + number, number) for number, day in enumerate(days)]
        )
        self.assertEqual({row[1] for row in first}, set(days))
        self.assertEqual(self.errors(filled(self.job(), *days)), {})
        self.assertEqual(rows(self.url, TABLE), first)
        runs = "SELECT count(*)::int FROM crash_aggregates_runs"
        self.assertEqual(rows(self.url, runs), [(10,)])

    def test_run_is_recorded(self) -> None:
        """A run's record says what was read, with which dimensions, and when it began."""
        self.write(DAY, mains=2)
        began = datetime(2016, 3, 15, 4, 5, tzinfo=UTC)
        filled(self.job(), DAY)
        summary = run_day(self.job(), DAY, now=lambda: began)
        columns = "run_id, started_at, pings_read, files_read, bytes_read, aggregates, engine"
        recorded = rows(self.url, f"SELECT {columns} FROM crash_aggregates_current_runs")
        stored_bytes = (day_folder(self.pings) / "1.gz").stat().st_size
        self.assertEqual(
            recorded, [(summary.run.run_id, began, 3, 1, stored_bytes, 3, self.job().engine.name)]
        )
        self.assertEqual(summary.run.facts.bytes_read, stored_bytes)

    def test_failed_day_does_not_stop_others(self) -> None:
        """A damaged day keeps its rows and fails alone, unless the backfill is to stop at it."""
        days = [DAY + timedelta(days=number) for number in range(3)]
        for day in days:
            self.write(day, mains=1)
        filled(self.job(), *days)
        before = rows(self.url, TABLE)
        for day in days:
            self.write(day, mains=2)
        damaged = day_folder(self.pings, days[1]) / "1.gz"
        damaged.write_bytes(damaged.read_bytes()[:-9])
        stopped = filled(self.job(), *days, stop_on_error=True)
        self.assertEqual(self.errors(stopped), {days[1]: DamagedFileError})
        self.assertEqual(len(stopped), 2)
        self.assertEqual(rows(self.url, SUMS), [(days[0], 2, 1), (days[1], 1, 1), (days[2], 1, 1)])
        self.assertEqual(self.errors(filled(self.job(), *days)), {days[1]: DamagedFileError})
        self.assertEqual(rows(self.url, SUMS), [(days[0], 2, 1), (days[1], 1, 1), (days[2], 2, 1)])
        kept = [row for row in rows(self.url, TABLE) if row[0] == days[1]]
        self.assertEqual(kept, [row for row in before if row[0] == days[1]])

    def test_day_without_pings(self) -> None:
        """A day without files, or with empty ones, keeps its rows unless nothing is allowed."""
        self.write(DAY, mains=1)
        filled(self.job(), DAY)
        stored = rows(self.url, TABLE)
        (day_folder(self.pings) / "1.gz").unlink()
        (missing,) = filled(self.job(), DAY)
        self.assertEqual(self.errors([missing]), {DAY: NoPingsError})
        assert isinstance(missing, FailedDay)
        self.assertRegex(str(missing.error), "no pings for 2016-03-14 under .*--allow-empty")
        write_day(self.pings, {"empty.gz": b"\n"})
        self.assertEqual(self.errors(filled(self.job(), DAY)), {DAY: NoPingsError})
        self.assertEqual(rows(self.url, TABLE), stored)
        (emptied,) = filled(self.job(allow_empty=True), DAY)
        self.assertEqual(counted(emptied), 0)
        self.assertEqual(rows(self.url, TABLE), [])

    def test_day_of_which_nothing_counts(self) -> None:
        """A day whose pings are all ignored or unreadable keeps its rows unless that is allowed."""
        self.write(DAY, mains=1)
        filled(self.job(), DAY)
        stored = rows(self.url, TABLE)
        other_day = {"meta/submissionDate": "20160313"}
        late = lines([main_ping(**other_day)] * 2 + [crash_ping(**other_day), b"x"])
        write_day(self.pings, {"1.gz": late})
        (failed,) = filled(self.job(), DAY)
        assert isinstance(failed, FailedDay)
        self.assertIsInstance(failed.error, NothingCountedError)
        self.assertRegex(
            str(failed.error),
            r"^none of the 4 pings for 2016-03-14 under '.*' counts \(3 other_submission_date, "
            r"1 unreadable\): .*--allow-empty",
        )
        self.assertEqual(rows(self.url, TABLE), stored)
        (emptied,) = filled(self.job(allow_empty=True), DAY)
        self.assertEqual((counted(emptied), rows(self.url, TABLE)), (0, []))

    def test_one_ping_counts(self) -> None:
        """One ping that counts makes a day, however many do not."""
        write_day(self.pings, {"1.gz": lines([b"x"] * 99 + [main_ping()])})
        (summary,) = filled(self.job(), DAY)
        self.assertEqual(counted(summary), 1)

    def test_interrupted_around_the_commit(self) -> None:
        """Ctrl-C before the commit keeps the old day; after it the message says what is stored."""
        self.write(DAY, mains=1)
        filled(self.job(), DAY)
        self.write(DAY, mains=2)
        usual = self.job()
        before = replace(usual, engine=InterruptedEngine(usual.engine, is_after=False))
        with self.assertRaises(KeyboardInterrupt):
            filled(before, DAY, DAY + timedelta(days=1))
        self.assertEqual(rows(self.url, SUMS), [(DAY, 1, 1)])
        after = replace(usual, engine=InterruptedEngine(usual.engine, is_after=True))
        with self.assertRaisesRegex(InterruptedRunError, "^interrupted: 2016-03-14 is stored"):
            filled(after, DAY, DAY + timedelta(days=1))
        self.assertEqual(rows(self.url, SUMS), [(DAY, 2, 1)])

    def test_interrupted_without_a_database(self) -> None:
        """Ctrl-C stays Ctrl-C where the database cannot tell any more whether the day is stored."""
        self.write(DAY, mains=1)
        usual = self.job()
        filled(usual, DAY)
        losing = replace(usual, engine=LosingEngine(usual.engine, self.url))
        with self.assertRaises(KeyboardInterrupt):
            run_day(losing, DAY)

    def test_unforeseen_faults(self) -> None:
        """A fault that no part expects fails its day, is recorded, and a backfill goes on."""
        next_day = DAY + timedelta(days=1)
        self.write(DAY, mains=1)
        self.write(next_day, mains=1)
        usual = self.job()
        for fault, kind, slug in (
            (psycopg.OperationalError("gone"), DatabaseError, "database"),
            (pa.ArrowInvalid("bad"), EngineError, "engine"),
            (OSError(5, "Input/output error"), MachineError, "machine"),
            (KeyError("x"), DefectError, "defect"),
        ):
            with self.subTest(fault=fault):
                faulty = replace(usual, engine=FaultyEngine(usual.engine, DAY, fault))
                failed, done = filled(faulty, DAY, next_day)
                self.assertEqual(self.errors([failed]), {DAY: kind})
                self.assertEqual(counted(done), 2)
                ((error,),) = rows(self.url, "SELECT error FROM crash_aggregates_open_attempts")
                self.assertRegex(error, rf"^{type(fault).__name__}: .* \[{slug}\]$")

    def test_pings_of_another_place(self) -> None:
        """A folder that does not exist fails the day and names the folder."""
        (failed,) = filled(self.job(), DAY)
        assert isinstance(failed, FailedDay)
        self.assertIsInstance(failed.error, PingsNotFoundError)
        self.assertIn(str(self.pings), str(failed.error))

    def test_two_runs_of_one_day_serialise(self) -> None:
        """Two runs of one day at the same time both end; the last to commit stays."""
        self.write(DAY, mains=4)
        filled(self.job(), DAY)
        stored = rows(self.url, TABLE)
        summaries: list[DaySummary | FailedDay] = []
        threads = [
            threading.Thread(target=lambda: summaries.extend(filled(self.job(), DAY)))
            for _ in range(2)
        ]
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            "AND datname = current_database()"
        )
        with connect(self.url) as connection, changing_day(connection, DAY):
            for thread in threads:
                thread.start()
            while rows(self.url, waiting) != [(2,)]:
                self.assertEqual([thread.is_alive() for thread in threads], [True, True])
        for thread in threads:
            thread.join()
        self.assertEqual(self.errors(summaries), {})
        self.assertEqual(rows(self.url, TABLE), stored)
        runs = rows(self.url, "SELECT run_id FROM crash_aggregates_current_runs")
        last = max(summary.run.run_id for summary in summaries if isinstance(summary, DaySummary))
        self.assertEqual((len(summaries), runs), (2, [(last,)]))

    def test_vacuumed_together(self) -> None:
        """Small days of a backfill are vacuumed once, after the last of them."""
        for day in (DAY, DAY + timedelta(days=1)):
            self.write(day, mains=1)
        filled(self.job(), DAY, DAY + timedelta(days=1))
        query = "SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = %s"
        self.assertEqual(rows(self.url, query, "crash_aggregates_2016_03"), [(1,)])

    def test_not_vacuumed(self) -> None:
        """A day whose table is locked for VACUUM is stored all the same, and the log says so."""
        self.write(DAY, mains=1)
        filled(self.job(), DAY)
        with connect(self.url) as other, other.transaction():
            other.execute("LOCK TABLE crash_aggregates_2016_03 IN SHARE UPDATE EXCLUSIVE MODE")
            with self.assertLogs("crash_rate_aggregates", "INFO") as logs:
                self.assertEqual(self.errors(filled(self.job(), DAY)), {})
        self.assertEqual(
            [record.getMessage() for record in logs.records],
            [
                (
                    "2016-03-14 is stored but not vacuumed: skipping vacuum of "
                    '"crash_aggregates_2016_03" --- lock not available'
                )
            ],
        )


if __name__ == "__main__":
    unittest.main()
