from __future__ import annotations

import resource
import signal
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

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


if __name__ == "__main__":
    unittest.main()
