from __future__ import annotations

import resource
import signal
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from crash_rate_aggregates.sample_pings.unfinished import unfinished_folder
from test.cli.command_line import assert_interrupted, command, ended_after, started

DAYS = ("--min-submission-date", "20160301", "--max-submission-date", "20160303", "--jobs", "2")


class LeftoversTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))

    def test_full_disk(self) -> None:
        """A disk without room is no wrong usage: one sentence, code 1, and nothing stays."""

        def no_room() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        done = command("sample-pings", "new/made", *DAYS, cwd=self.folder, prepare=no_room)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stderr, r"^error: cannot write .*File too large.* \[machine\]\n$")
        self.assertEqual(list((self.folder / "new").iterdir()), [])

    def test_wrong_folder(self) -> None:
        """A folder below a file is wrong usage."""
        (self.folder / "file").touch()
        done = command("sample-pings", "file/made", *DAYS, cwd=self.folder)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stderr, r"^error: .*name another folder \[usage\]\n$")

    def test_interrupted(self) -> None:
        """Ctrl-C or SIGTERM leaves whole days at most, and says so in one line."""
        for number in (signal.SIGINT, signal.SIGTERM):
            made = self.folder / number.name
            with self.subTest(signal=number):
                process = started(
                    *("sample-pings", made, *DAYS, "--pings-per-day", "1000000"), cwd=self.folder
                )
                while not list(made.glob("_partial-*/*")):
                    self.assertFalse(ended_after(process, 0.02))
                assert_interrupted(self, process, timeout=60, number=number)
                self.assertFalse(made.exists())

    def test_killed(self) -> None:
        """After kill -9 the workers end by themselves, and the next run removes what is left."""
        many = ("sample-pings", "made", *DAYS, "--pings-per-day", "1000000")
        process = started(*many, cwd=self.folder)
        while not list((self.folder / "made").glob("_partial-*/*")):
            self.assertFalse(ended_after(process, 0.02))
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
        _, alive = psutil.wait_procs(workers, timeout=30)
        self.assertEqual(alive, [])
        self.assertEqual(len(list((self.folder / "made").glob("_partial-*"))), 1)
        done = command(*many[:-1], "12", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(list((self.folder / "made").glob("_partial-*")), [])

    def test_side_by_side(self) -> None:
        """A run leaves alone what another one is writing."""
        with unfinished_folder(self.folder) as one, unfinished_folder(self.folder) as other:
            self.assertTrue(one.exists())
            self.assertNotEqual(one, other)
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
