from __future__ import annotations

import gzip
import json
import os
import subprocess
import unittest
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from test.cli.command_line import started
from test.engines.made_days import DAY, crash_ping, lines, main_ping, write_day
from test.job.days_in_postgres import rows
from test.servers import fresh_database

DIGITS = "7" * 5000
CHANNEL = "application/channel"
LINE_BYTES = 1 << 30
MOST_MEMORY_KIB = 700 * 1024
"""Of any process of a run: less than the long line, and enough for a run of any day."""


def with_digits(path: str) -> bytes:
    """Make a main ping with a number of 5,000 digits, longer than Python turns into an int."""
    return lines([main_ping(**{path: "DIGITS"})]).strip().replace(b'"DIGITS"', DIGITS.encode())


def hostile_lines() -> bytes:
    """Make a file in which each value is one that breaks a program somewhere."""
    brackets = b"[" * 100_000 + b"]" * 100_000
    return lines(
        [
            main_ping(**{CHANNEL: "a\0b"}),
            main_ping(**{CHANNEL: "\ud800"}),
            main_ping(**{CHANNEL: "x" * 12_288}),
            with_digits("payload/info/subsessionLength"),
            with_digits(CHANNEL),
            brackets,
            b'{"type": "main", "x": ' + brackets + b"}",
            b'{"type": "main", "x": ' + b"[" * 100_000,
            crash_ping(**{"payload/processType": "\0\udfff"}),
            main_ping(),
        ]
    )


class HostilePingsTest(unittest.TestCase):
    def test_hostile_values_cost_their_own_ping(self) -> None:
        """U+0000, surrogates, huge values, deep nesting and a 1 GB line harm no other ping."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        # Gzip members may follow each other: a gigabyte of one line from a megabyte of file.
        long_line = gzip.compress(b"a" * (1 << 20)) * (LINE_BYTES >> 20)
        good = gzip.compress(b"\n" + lines([main_ping()]))
        write_day(folder / "pings", {"hostile.json": hostile_lines(), "long": long_line + good})
        url = fresh_database(self)
        process = started(
            *("run", "--submission-date", DAY.isoformat(), "--pings", folder / "pings"),
            *("--database", url, "--jobs", "2", "--json"),
            cwd=folder,
        )
        self.assertLess(peak_memory(process), MOST_MEMORY_KIB)
        output, errors = process.communicate()
        self.assertEqual(process.returncode, 0, errors)
        (day,) = json.loads(output)["days"]
        self.assertEqual(
            [tuple(line.values()) for line in day["ledger"]],
            [
                ("crash", "outcome", "counted", 1),
                ("crash", "process_type", "\ufffd\ufffd", 1),
                ("main", "adjustment", "dimension_shortened", 2),
                ("main", "adjustment", "usage_capped", 1),
                ("main", "outcome", "counted", 7),
                ("unknown", "outcome", "unreadable", 4),
            ],
        )
        channels = "SELECT activity_date, dimensions->>'channel', usage_seconds, ping_count "
        self.assertEqual(
            set(rows(url, f"{channels} FROM crash_aggregates")),
            {
                (date(2016, 3, 14), "a\ufffdb", 3600, 1),
                (date(2016, 3, 14), "\ufffd", 3600, 1),
                (date(2016, 3, 14), "x" * 200, 3600, 1),
                (date(2016, 3, 14), "7" * 200, 3600, 1),
                (date(2016, 3, 14), "nightly", 90_000 + 2 * 3600, 3),
            },
        )


def peak_memory(process: subprocess.Popen[str]) -> int:
    """Wait for a process; return the largest resident set of it and of its workers, in KiB."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss


if __name__ == "__main__":
    unittest.main()
