from __future__ import annotations

import csv
import os
import subprocess
import sys
import unittest
from io import StringIO
from typing import ClassVar

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.prepare import prepare_database
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from test.cli.command_line import environment, typed_on
from test.database.sample_days import NIGHTLY, SUBMISSION_DATE, Row, day
from test.servers import fresh_database

MANY = "SELECT generate_series(1, 70000), repeat('x', 1500)"
ROOM_KIB = 16 * 1024
"""What an answer of 105 MB may take beside what SELECT 1 does."""
HOSTILE = "x\u202e\u2066\u200b\x1b[2J\nnightly  9,999\r"


class AskCommandsTest(unittest.TestCase):
    url: ClassVar[str]

    @classmethod
    def setUpClass(cls) -> None:
        """Store a day with a channel whose name would disturb a terminal."""
        cls.url = fresh_database(cls)
        prepare_database(cls.url)
        with connect(cls.url) as connection:
            ensure_partition(connection, SUBMISSION_DATE)
            replace_day(connection, day(Row({"channel": HOSTILE}, NIGHTLY.stats)))

    def ask(self, *arguments: str) -> str:
        """Ask, and return what is printed."""
        stdout = StringIO()
        code, errors = typed_on(stdout, *arguments, "--database", self.url)
        # What logs is bound to the first stderr of the process, so a warning may stand here.
        self.assertEqual(code, 0, errors)
        return stdout.getvalue()

    def peak(self, *arguments: str) -> int:
        """Ask in a process of its own; return the most memory that it held, in KiB."""
        process = subprocess.Popen(
            [sys.executable, "-m", "crash_rate_aggregates", *arguments, "--database", self.url],
            env=environment(),
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss

    def test_memory(self) -> None:
        """More than 100 MB of answer are neither held for --csv nor for a person."""
        usual = self.peak("sql", "SELECT 1")
        self.assertLess(self.peak("sql", MANY, "--csv") - usual, ROOM_KIB)
        self.assertLess(self.peak("sql", MANY) - usual, ROOM_KIB)

    def test_what_is_shown_is_fetched(self) -> None:
        """A person gets the first thousand rows; what a later row would do is not met."""
        statement = "SELECT 1 / (3000 - generate_series(1, 9000))"
        lines = self.ask("sql", statement).splitlines()
        self.assertEqual(lines[-1].strip(), "and more rows than these 1,000: --csv prints all")

    def test_csv_holds_all(self) -> None:
        """--csv gives every row in its order, and the names of an answer without rows."""
        output = self.ask("sql", "SELECT generate_series(1, 2345) AS a", "--csv")
        self.assertEqual(output.split(), ["a", *map(str, range(1, 2346))])
        self.assertEqual(self.ask("sql", "SELECT 1 AS ü, 2 AS b WHERE false", "--csv"), "ü,b\r\n")

    def test_fault_in_the_middle(self) -> None:
        """A statement that fails after rows were printed is one sentence, and code 1."""
        stdout = StringIO()
        statement = "SELECT 1 / (150 - generate_series(1, 200)) AS a"
        code, errors = typed_on(stdout, "sql", statement, "--csv", "--database", self.url)
        self.assertEqual(code, 1)
        self.assertRegex(errors, r"(^|\n)error: .*division by zero.*\[query-rejected\]\n$")
        self.assertEqual(stdout.getvalue().split()[0], "a")

    def test_formulas(self) -> None:
        """--csv disarms what a spreadsheet would run, unless a setting says that it shall not."""
        statement = "SELECT '=1+1' AS a, -1 AS b, '-1' AS c, '@x' AS d"
        self.assertEqual(self.ask("sql", statement, "--csv").splitlines()[1], "'=1+1,-1,-1,'@x")
        self.assertEqual(
            self.ask("sql", statement, "--csv", "--no-csv-escape").splitlines()[1], "=1+1,-1,-1,@x"
        )

    def test_hostile_name(self) -> None:
        """A name with directions, controls and line feeds is one cell on one line."""
        shown = "x����[2J↵nightly  9,999�"
        for arguments in (
            ("rates", "--min-usage-hours", "0"),
            ("sql", "SELECT dimensions ->> 'channel' FROM crash_aggregates"),
        ):
            with self.subTest(arguments=arguments):
                output = self.ask(*arguments)
                self.assertTrue(output.replace("\n", "").isprintable(), ascii(output))
                self.assertEqual(sum(shown in line for line in output.splitlines()), 1, output)
        answer = self.ask("sql", "SELECT dimensions ->> 'channel' FROM crash_aggregates", "--csv")
        self.assertEqual(list(csv.reader(StringIO(answer, newline="")))[1], [HOSTILE])


if __name__ == "__main__":
    unittest.main()
