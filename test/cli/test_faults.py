from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from urllib.parse import urlsplit

import psutil

from test.cli.command_line import (
    TIMEOUT,
    assert_interrupted,
    command,
    descendants,
    ended_after,
    started,
    wait_for_reader,
)
from test.engines.made_days import DAY, crash_ping, day_folder, lines, main_ping, write_day
from test.job.days_in_postgres import TABLE, rows
from test.servers import fresh_database

OLD = (1, 1)
NEW = (2000, 5)
SLOW = ("1.json", "2.json")
"""Of one size, so that each is read by a worker of its own."""
SUMS = "SELECT sum(ping_count)::int, sum(main_crashes)::int FROM crash_aggregates"


def day_of(mains: int, crashes: int) -> dict[str, bytes]:
    """Make the files of a day: main pings of many channels, and crash pings."""
    pings = [main_ping(**{"application/channel": f"{n % 50}"}) for n in range(mains)]
    return {"mains.gz": lines(pings), "crashes.json": lines([crash_ping()] * crashes)}


class FaultsTest(unittest.TestCase):
    """A stored day, newer pings for it, and what may go wrong between them."""

    url: ClassVar[str]
    folder: ClassVar[Path]
    stored: ClassVar[list[tuple[Any, ...]]]

    @classmethod
    def setUpClass(cls) -> None:
        """Store the old day once: no test changes it but the one that says so."""
        cls.url = fresh_database(cls)
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        write_day(cls.folder / "old", day_of(*OLD))
        write_day(cls.folder / "new", day_of(*NEW))
        for name in SLOW:
            (day_folder(cls.folder / "slow") / name).touch()
            # Holes, which take no room and minutes to read.
            os.truncate(day_folder(cls.folder / "slow") / name, 1 << 40)
        done = command("run", *cls.flags("old"), cwd=cls.folder)
        if done.returncode:
            raise AssertionError(done.stderr)
        cls.stored = rows(cls.url)

    @classmethod
    def flags(cls, pings: str) -> list[str]:
        """Say which day of which pings goes where."""
        return [
            *("--submission-date", DAY.isoformat(), "--pings", str(cls.folder / pings)),
            *("--database", cls.url, "--jobs", "2"),
        ]

    def start(self, pings: str) -> subprocess.Popen[str]:
        """Start a run of the day, its scratch in a folder of ours."""
        scratch = str(self.folder / "scratch")
        process = started("run", *self.flags(pings), cwd=self.folder, SCRATCH=scratch)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def start_slow(self) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
        """Start a run and stop where workers read a line without an end."""
        process = self.start("slow")
        for name in SLOW:
            wait_for_reader(day_folder(self.folder / "slow") / name, process)
        children = descendants(process)
        self.assertGreaterEqual(len(children), 1)
        return process, children

    def assert_clean(self, children: list[psutil.Process]) -> None:
        """No process, no scratch and the old day."""
        _, alive = psutil.wait_procs(children, timeout=20)
        self.assertEqual(alive, [])
        scratch = self.folder / "scratch"
        self.assertEqual(list(scratch.iterdir()) if scratch.exists() else [], [])
        self.assertEqual(rows(self.url), self.stored)

    def test_worker_killed(self) -> None:
        """A worker killed while it reads ends the run with one sentence; the old day stays."""
        process, children = self.start_slow()
        for child in children:
            if "spawn_main" in " ".join(child.cmdline()):
                child.kill()
        _, errors = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 1)
        self.assertRegex(errors.splitlines()[-1], r"^error: .*fewer --jobs.* \[worker-died\]$")
        self.assertNotIn("Traceback", errors)
        self.assert_clean(children)

    def test_parent_killed(self) -> None:
        """Kill -9 of the command leaves no worker; the next run removes its scratch folder."""
        process, children = self.start_slow()
        process.kill()
        _, alive = psutil.wait_procs(children, timeout=20)
        self.assertEqual(alive, [])
        self.assertEqual(len(list((self.folder / "scratch").iterdir())), 1)
        process.communicate()
        done = command(
            "run", *self.flags("old"), cwd=self.folder, SCRATCH=str(self.folder / "scratch")
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_clean(children)

    def test_interrupted_while_reading(self) -> None:
        """Ctrl-C, or SIGTERM, in the middle of a file ends all with code 1 and one line."""
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                process, children = self.start_slow()
                assert_interrupted(self, process, timeout=TIMEOUT, number=number)
                self.assert_clean(children)

    def test_interrupted_at_random_moments(self) -> None:
        """Ctrl-C at any moment of the program ends it with code 1, one line and no trace."""
        chance = random.Random(2016)  # noqa: S311  Not for secrets.
        interrupted = 0
        for moment in [chance.uniform(0.1, 1.6) for _ in range(7)]:
            process = self.start("old")
            if ended_after(process, moment):
                continue
            interrupted += 1
            children = descendants(process)
            os.killpg(process.pid, signal.SIGINT)
            _, errors = process.communicate(timeout=TIMEOUT)
            with self.subTest(moment=moment, errors=errors):
                if process.returncode == -signal.SIGINT:
                    # Python itself answered, before it came to our first line.
                    self.assertNotIn("crash_rate_aggregates", errors)
                else:
                    self.assertIn(process.returncode, (0, 1))
                    self.assertNotIn("Traceback", errors)
                self.assert_clean(children)
        self.assertGreater(interrupted, 0)

    def test_killed_at_ten_moments(self) -> None:
        """After kill -9 at ten moments the day is old or new, and a rerun gives the new one."""
        url = fresh_database(self)
        flags = self.flags("new")
        flags[flags.index("--database") + 1] = url
        old = [*flags]
        old[old.index("--pings") + 1] = str(self.folder / "old")
        self.assertEqual(command("run", *flags, cwd=self.folder).returncode, 0)
        wanted = rows(url, TABLE)
        self.assertEqual(command("run", *old, cwd=self.folder).returncode, 0)
        chance = random.Random(14)  # noqa: S311  Not for secrets.
        for moment in sorted(chance.uniform(0.3, 2.2) for _ in range(10)):
            scratch = str(self.folder / "scratch-of-killed")
            process = started("run", *flags, cwd=self.folder, SCRATCH=scratch)
            ended_after(process, moment)
            children = descendants(process)
            process.kill()
            process.communicate()
            psutil.wait_procs(children, timeout=20)
            with self.subTest(moment=moment):
                self.assertIn(rows(url, SUMS), ([OLD], [NEW]))
        self.assertEqual(command("run", *flags, cwd=self.folder).returncode, 0)
        self.assertEqual(rows(url, TABLE), wanted)

    def test_full_disk(self) -> None:
        """A scratch disk without room is one sentence with the remedy, and exit code 1."""

        def no_room() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        done = command("run", *self.flags("new"), cwd=self.folder, prepare=no_room)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stderr.splitlines()[-1], r"^error: .*`scratch`.* \[scratch-full\]$")
        self.assertNotIn("Traceback", done.stderr)
        self.assertEqual(rows(self.url), self.stored)

    def test_database_refuses(self) -> None:
        """A wrong port, or a wrong password, is one sentence without the password."""
        server = urlsplit(self.url)
        password = "hush-3f0c"
        wrong_port = f"postgresql://{server.username}:{password}@127.0.0.1:1/x"
        wrong_name = f"postgresql://nobody_here:{password}@127.0.0.1:{server.port}/no_such"
        for url in (wrong_port, wrong_name):
            with self.subTest(url=url):
                done = command("run", *self.flags("old")[:4], "--database", url, cwd=self.folder)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, r"^error: no connection .*\[database-refused\]\n$")
                self.assertNotIn(password, done.stderr + done.stdout)


if __name__ == "__main__":
    unittest.main()
