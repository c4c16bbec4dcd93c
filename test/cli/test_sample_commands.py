"""`sample-pings`: which world it writes, and what it refuses."""

from __future__ import annotations

import gzip
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from test.cli.test_cli import typed

DAY = ("--min-submission-date", "2026-11-25", "--max-submission-date", "2026-11-25", "--jobs", "1")


class SampleCommandsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory())) / "made"

    def made(self, *arguments: str) -> tuple[int, str]:
        """Write a day; return exit code and errors."""
        code, _, errors = typed("sample-pings", str(self.folder), *DAY, *arguments)
        return code, errors

    def files(self) -> dict[str, bytes]:
        """Return what was written, by its path in the day's folder."""
        return {
            str(file.relative_to(self.folder / "submission_date=2026-11-25")): file.read_bytes()
            for file in self.folder.rglob("*.gz")
        }

    def test_usual_world(self) -> None:
        """Without a word the pings are those of 2026, and of 2016 where that is said."""
        self.assertEqual(self.made("--pings-per-day", "100"), (0, ""))
        self.assertIn("telemetry/main/part-0.ndjson.gz", self.files())
        self.assertEqual(self.made("--world", "2016", "--pings-per-day", "100")[0], 0)
        self.assertEqual(min(self.files()), "part-0.ndjson.gz")

    def test_worse(self) -> None:
        """A version that was made worse changes its pings, and none of Firefox for Android."""
        self.made("--pings-per-day", "600", "--no-regressions")
        before = self.files()
        self.assertEqual(
            self.made("--pings-per-day", "600", "--no-regressions", "--worse", "160.0.1=300")[0], 0
        )
        after = self.files()
        changed = {name for name in before if before[name] != after[name]}
        self.assertIn("telemetry/main/part-0.ndjson.gz", changed)
        self.assertFalse([name for name in changed if "/baseline/" in name])

    def test_bad_release(self) -> None:
        """A release of a day has its bug in crash pings of macOS, and with regressions alone."""
        bad = ("--pings-per-day", "600", "--bad-release", "2026-11-25")
        self.made(*bad)
        struck = self.files()
        self.assertEqual(self.made(*bad, "--no-regressions"), (0, ""))
        usual = self.files()
        main = gzip.decompress(usual["telemetry/main/part-0.ndjson.gz"])
        self.assertIn(b'"displayVersion":"161.0"', main)
        crashes = "firefox-crashreporter/crash/part-0.ndjson.gz"
        found = [gzip.decompress(one[crashes]).count(b'"os":"Darwin"') for one in (usual, struck)]
        self.assertEqual(found, [5, 6])

    def test_refused(self) -> None:
        """What is no version, or asked of 2016, is one sentence, and nothing is written."""
        for arguments, told in (
            (("--worse", "3.0=2"), "nobody runs version '3.0' on these days: name another"),
            (("--worse", "160.0.1"), "--worse is VERSION=FACTOR with a factor from 0 to 1000"),
            (("--world", "2016", "--worse", "160.0.1=2"), "need --world 2026"),
            (("--world", "2016", "--no-regressions"), "need --world 2026"),
            (("--world", "2016", "--bad-release", "2026-11-25"), "need --world 2026"),
            (("--bad-release", "2026-11-26"), "2026-11-26 is after the last day, 2026-11-25"),
        ):
            with self.subTest(arguments):
                code, errors = self.made(*arguments)
                self.assertEqual(code, 2)
                self.assertIn(told, errors)
                self.assertTrue(errors.endswith("[usage]\n"))
                self.assertFalse(self.folder.exists())


if __name__ == "__main__":
    unittest.main()
