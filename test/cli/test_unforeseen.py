from __future__ import annotations

import unittest
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar
from unittest.mock import patch

import duckdb
import psycopg
import pyarrow as pa

from crash_rate_aggregates.errors import ExitCode
from crash_rate_aggregates.unforeseen import TRACEBACK_VARIABLE, unforeseen
from test.cli.command_line import typed_on
from test.cli.random_faults import hold_under_faults
from test.engines.made_days import DAY, lines, main_ping, write_day
from test.servers import fresh_database


class UnforeseenTest(unittest.TestCase):
    def test_kinds(self) -> None:
        """Faults of drivers and of the machine, and defects, each have a slug; the code is 1."""
        for error, slug in (
            (psycopg.OperationalError("gone"), "database"),
            (psycopg.errors.UndefinedTable("no such table"), "database"),
            (duckdb.IOException("no room"), "engine"),
            (pa.ArrowInvalid("bad"), "engine"),
            (OSError(28, "No space left on device"), "machine"),
            (BrokenPipeError(32, "Broken pipe"), "machine"),
            (EOFError(), "machine"),
            (MemoryError(), "machine"),
            (KeyError("x"), "defect"),
            (RecursionError("too deep"), "defect"),
        ):
            with self.subTest(error=error):
                said = unforeseen(error)
                self.assertEqual((said.slug, said.exit_code), (slug, ExitCode.ERROR))
                self.assertTrue(str(said).startswith(f"{type(error).__name__}"), said)
                self.assertNotIn("\n", str(said))


class FaultsTest(unittest.TestCase):
    """One day of pings, and a database with it."""

    commands: ClassVar[list[list[str]]]
    run_day: ClassVar[list[str]]

    @classmethod
    def setUpClass(cls) -> None:
        """Fill the day."""
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        write_day(folder / "pings", {"1": lines([main_ping()] * 3)})
        url = fresh_database(cls)
        day = str(DAY)
        scratch = ["--jobs", "1", "--scratch", str(folder / "scratch")]
        cls.run_day = ["run", "--submission-date", day, "--pings", str(folder / "pings"), *scratch]
        cls.commands = [
            ["sql", "SELECT * FROM crash_aggregates"],
            ["sql", "SELECT * FROM crash_aggregates", "--csv"],
            ["rates", "--min-usage-hours", "0"],
            ["ledger"],
            ["history", "--submission-date", day],
            ["question", "freshness"],
            ["check", "--max-submission-date", day, "--days", "2"],
            ["retention", "--keep-weeks", "9999"],
        ]
        for command in (cls.run_day, *cls.commands):
            command += ["--database", url]
        code, errors = typed_on(StringIO(), *cls.run_day)
        if code:
            raise AssertionError(errors)

    def test_random_faults_of_questions(self) -> None:
        """Whatever call of a driver or of the system fails, no question ends in a traceback."""
        hold_under_faults(self, self.commands, 120, seed=14)

    def test_random_faults_of_runs(self) -> None:
        """Whatever call of a driver or of the system fails, no run ends in a traceback."""
        hold_under_faults(self, [self.run_day], 4, seed=2)

    def test_traceback_wanted(self) -> None:
        """A defect is one sentence with the places; the environment asks for the traceback."""
        broken = patch("crash_rate_aggregates.questions.statement.ask", side_effect=KeyError("x"))
        for variable, traces in (("", 0), ("1", 1)):
            with broken, patch.dict("os.environ", {TRACEBACK_VARIABLE: variable}):
                code, errors = typed_on(StringIO(), *self.commands[0])
            self.assertEqual(code, 1)
            self.assertRegex(
                errors.splitlines()[-1],
                r"^error: KeyError: 'x' \(at cli/ask_commands.py:[0-9]+, .*\); this is a defect: "
                rf"report it with all that {TRACEBACK_VARIABLE}=1 adds \[defect\]$",
            )
            self.assertEqual(errors.count("Traceback"), traces and 2)


if __name__ == "__main__":
    unittest.main()
