from __future__ import annotations

import os
import sys
import unittest
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar
from unittest.mock import patch

from crash_rate_aggregates.cli.lasting_streams import lasting_streams, stdout_fault
from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.prepare import prepare_database
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.schema.retention import stored_months
from crash_rate_aggregates.database.schema.roles import named_roles
from test.cli.command_line import command, full, typed_on, unread
from test.database.schema.test_roles import drop_roles
from test.engines.made_days import DAY, lines, main_ping, write_day
from test.job.days_in_postgres import rows
from test.servers import fresh_database

NEXT_DAY = DAY + timedelta(days=1)
DAYS = "SELECT DISTINCT submission_date FROM crash_aggregates ORDER BY 1"
LOST = r"^error: the work went on to its end, .*No space left on device.*\[output\]$"


def close(descriptor: int) -> Callable[[], None]:
    """Return what closes it in a new process, as `>&-` does."""
    return lambda: os.close(descriptor)


class OutputTest(unittest.TestCase):
    """Two days of pings, and a place to fill."""

    folder: ClassVar[Path]
    filled: ClassVar[str]
    backfilled: ClassVar[tuple[int, str]]

    @classmethod
    def setUpClass(cls) -> None:
        """Write the pings, and fill both days while nobody can be told."""
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        for day in (DAY, NEXT_DAY):
            channel = {"application/channel": "Größe"}
            pings = [main_ping(), main_ping(**channel)]
            write_day(cls.folder / "pings", {"1": lines(pings)}, day)
        cls.filled = fresh_database(cls)
        with full() as stdout:
            cls.backfilled = typed_on(stdout, *cls.backfill(cls.filled))

    @classmethod
    def backfill(cls, url: str) -> list[str]:
        """Fill both days."""
        return [
            *("backfill", "--min-submission-date", str(DAY), "--max-submission-date"),
            *(str(NEXT_DAY), "--pings", str(cls.folder / "pings"), "--database", url),
            *("--jobs", "1"),
        ]

    def assert_told_once(self, errors: str) -> None:
        """Hold that the last line tells of the full disk, that no other does, and no trace."""
        self.assertRegex(errors.splitlines()[-1], LOST)
        self.assertEqual(errors.count("[output]"), 1, errors)
        self.assertNotIn("Traceback", errors)

    def test_backfill_into_a_full_disk(self) -> None:
        """Both days are filled where the report of the first cannot be written; code 1."""
        code, errors = self.backfilled
        self.assertEqual(code, 1)
        self.assert_told_once(errors)
        self.assertEqual(rows(self.filled, DAYS), [(DAY,), (NEXT_DAY,)])

    def test_backfill_that_nobody_reads(self) -> None:
        """Both days are filled where stdout is a pipe without a reader."""
        url = fresh_database(self)
        with unread() as stdout:
            code, errors = typed_on(stdout, *self.backfill(url), "--json")
        self.assertEqual(code, 1)
        self.assertEqual(errors.count("Broken pipe"), 1)
        self.assertEqual(rows(url, DAYS), [(DAY,), (NEXT_DAY,)])

    def test_run_with_closed_streams(self) -> None:
        """A day is filled where all three streams are closed: code 1, for nobody is told."""
        url = fresh_database(self)
        done = command(
            *("run", "--submission-date", str(DAY), "--pings", self.folder / "pings"),
            *("--database", url, "--jobs", "1"),
            cwd=self.folder,
            prepare=lambda: os.closerange(0, 3),
        )
        self.assertEqual(done.returncode, 1)
        self.assertEqual(rows(url, DAYS), [(DAY,)])

    def test_daily(self) -> None:
        """A daily run that cannot report goes through its days and gives code 1."""
        url = fresh_database(self)
        with unread() as stdout:
            code, errors = typed_on(
                *(stdout, "daily", "--heal-days", "2", "--allow-empty", "--database", url),
                *("--pings", self.folder / "pings", "--jobs", "1"),
            )
        self.assertEqual(code, 1)
        self.assertEqual(errors.count("[output]"), 1)
        self.assertEqual(rows(url, "SELECT count(*) FROM crash_aggregates_runs"), [(2,)])

    def test_check(self) -> None:
        """A check that cannot print what it found gives 3 all the same; 1 if all is well."""
        for days, code in (("3", 3), ("2", 1)):
            last = str(DAY + timedelta(days=int(days) - 1))
            for stdout in (full(), unread()):
                with self.subTest(days=days), closing(stdout):
                    ended, errors = typed_on(
                        *(stdout, "check", "--days", days, "--max-submission-date", last),
                        *("--database", self.filled),
                    )
                    self.assertEqual(ended, code, errors)
                    self.assertEqual(errors.count("[output]"), 1)

    def test_check_with_closed_stdout(self) -> None:
        """A check whose stdout is closed gives 3 for a day that is missing."""
        done = command(
            *("check", "--days", "3", "--max-submission-date", str(DAY + timedelta(days=2))),
            *("--database", self.filled),
            cwd=self.folder,
            prepare=close(1),
        )
        self.assertEqual(done.returncode, 3)
        self.assertNotIn("Traceback", done.stderr)

    def test_sample_pings(self) -> None:
        """All sample pings are written where that cannot be told."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        with full() as stdout:
            code, errors = typed_on(
                *(stdout, "sample-pings", folder / "made", "--min-submission-date", str(DAY)),
                *("--max-submission-date", str(NEXT_DAY), "--pings-per-day", "20"),
            )
        self.assertEqual(code, 1)
        self.assert_told_once(errors)
        self.assertEqual(len(list((folder / "made").glob("submission_date=*"))), 2)

    def test_database(self) -> None:
        """Roles are made, and months dropped, where that cannot be told."""
        url = fresh_database(self)
        prefix = "test_output"
        self.addCleanup(drop_roles, url, named_roles(prefix))
        prepare_database(url)
        with connect(url) as connection:
            ensure_partition(connection, DAY)
        for arguments in (
            ("database", "init", "--role-prefix", prefix),
            ("retention", "--keep-weeks", "1", "--yes"),
        ):
            with self.subTest(arguments=arguments), full() as stdout:
                code, errors = typed_on(stdout, *arguments, "--database", url)
                self.assertEqual(code, 1)
                self.assert_told_once(errors)
        with connect(url) as connection:
            self.assertEqual(stored_months(connection), [])
            made = connection.execute(
                "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, %s)", (prefix,)
            ).fetchone()
        self.assertEqual(made, (3,))

    def test_questions(self) -> None:
        """A question on a full disk is one sentence; one that nobody reads on ends in silence."""
        for arguments in (
            ("sql", "SELECT generate_series(1, 3000)"),
            ("sql", "SELECT generate_series(1, 300000)", "--csv"),
            ("rates",),
            ("ledger",),
            ("history", "--submission-date", str(DAY)),
            ("question", "freshness"),
        ):
            with self.subTest(arguments=arguments), full() as stdout, unread() as pipe:
                code, errors = typed_on(stdout, *arguments, "--database", self.filled)
                self.assertEqual(code, 1)
                self.assertRegex(errors, r"^error: the answer .*No space left.*\[output\]\n$")
                ended = typed_on(pipe, *arguments, "--database", self.filled)
                self.assertEqual(ended, (1, ""))

    def test_help_and_usage(self) -> None:
        """Help that cannot be printed, and a mistake that cannot be told, end without a trace."""
        with full() as stdout, unread() as pipe:
            code, errors = typed_on(stdout, "run", "--help")
            self.assertEqual(code, 1)
            self.assertRegex(errors, r"^error: the text .*No space left.*\[output\]\n$")
            self.assertEqual(typed_on(pipe, "--help"), (1, ""))
        with full() as stderr, patch.object(sys, "stderr", stderr), lasting_streams():
            sys.stderr.write("to nobody")

    def test_other_encodings(self) -> None:
        """What an encoding has not got is replaced so that it can be read, and nothing fails."""
        rates = ("rates", "--min-usage-hours", "0")
        history = ("history", "--submission-date", str(DAY))
        for encoding, arguments, shown in (
            ("ascii", rates, r"Gr\xf6\xdfe"),
            ("ascii", rates, "0.00 (0.00 ~ "),
            ("latin-1", rates, "Größe"),
            ("ascii", history, "first run of the day"),
            ("latin-1", history, "first run of the day"),
            ("ascii", ("sql", "SELECT '…→日'", "--csv"), r"~>\u65e5"),
        ):
            with self.subTest(encoding=encoding, arguments=arguments):
                path = self.folder / "printed"
                with path.open("w", encoding=encoding) as stdout:
                    ended = typed_on(stdout, *arguments, "--database", self.filled)
                self.assertEqual(ended, (0, ""))
                self.assertIn(shown, path.read_text(encoding=encoding))

    def test_rest_is_dropped(self) -> None:
        """After the first fault nothing more is written, so that no gap goes unnoticed."""
        path = self.folder / "limited"
        reader, writer = os.pipe()
        with (
            os.fdopen(writer, "w") as stdout,
            patch.object(sys, "stdout", stdout),
            lasting_streams(),
        ):
            sys.stdout.write("first")
            self.assertIsNone(stdout_fault())
            self.assertEqual(os.read(reader, 100), b"first")
            with full() as no_room, path.open("wb") as room:
                os.dup2(no_room.fileno(), writer)
                sys.stdout.write("second")
                self.assertIsNotNone(stdout_fault())
                os.dup2(room.fileno(), writer)
                sys.stdout.write("third")
        os.close(reader)
        self.assertEqual(path.read_bytes(), b"")


if __name__ == "__main__":
    unittest.main()
