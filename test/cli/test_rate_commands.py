from __future__ import annotations

import csv
import unittest
from dataclasses import replace
from io import StringIO
from typing import ClassVar

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.prepare import prepare_database
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.rows import BY_EXPERIMENT, BY_PROCESS, CLIENTS
from test.cli.command_line import typed_on
from test.database.sample_days import SUBMISSION_DATE, Row, day
from test.questions.stored_days import HOURS, table_batch
from test.questions.test_process_rates import crashed, histogram
from test.questions.test_user_days import clients
from test.servers import fresh_database


class RateCommandsTest(unittest.TestCase):
    url: ClassVar[str]

    @classmethod
    def setUpClass(cls) -> None:
        """Store a day with crashes of two processes, people and an experiment."""
        cls.url = fresh_database(cls)
        prepare_database(cls.url)
        stats = {
            "usage_seconds": HOURS,
            "active_seconds": HOURS // 2,
            "other_process_crash_pings": 12,
        }
        stored = day(Row({"application": "Firefox", "channel": "nightly"}, stats))
        branch = {
            "experiment": "cache",
            "branch": "control",
            "active_clients": 500,
            "usage_seconds": HOURS,
        }
        tables = {
            BY_PROCESS: [crashed("main", 10), crashed("gpu", 2), histogram("gpu", 3)],
            CLIENTS: [clients()],
            BY_EXPERIMENT: [branch],
        }
        beside = {table: [table_batch(table, rows)] for table, rows in tables.items()}
        with connect(cls.url) as connection:
            ensure_partition(connection, SUBMISSION_DATE)
            replace_day(connection, replace(stored, tables={**stored.tables, **beside}))

    def typed(self, *arguments: str) -> tuple[int, str, str]:
        """Ask for rates; return the exit code, what is printed and what went wrong."""
        stdout = StringIO()
        code, errors = typed_on(stdout, "rates", *arguments, "--database", self.url)
        return code, stdout.getvalue(), errors

    def table(self, *arguments: str) -> list[dict[str, str]]:
        """Return the answer that programs get."""
        code, output, errors = self.typed(*arguments, "--csv")
        self.assertEqual(code, 0, errors)
        return list(csv.DictReader(StringIO(output)))

    def test_by_process(self) -> None:
        """--by process asks crash pings, and --source histogram what main pings tell."""
        main, gpu = self.table("--by", "channel,process")
        self.assertEqual((main["process"], main["crashes"]), ("main", "10"))
        self.assertEqual((gpu["source"], gpu["per_1000_hours"]), ("crash ping", "2.0"))
        (told,) = self.table("--by", "process", "--source", "histogram")
        self.assertEqual((told["source"], told["crashes"]), ("histogram", "3"))
        self.assertIn("gpu", self.typed("--by", "process")[1])

    def test_per_active_hours(self) -> None:
        """--per active-hours divides by these in each form."""
        (_, gpu) = self.table("--by", "process", "--per", "active-hours")
        self.assertEqual((gpu["active_hours"], gpu["per_1000_hours"]), ("500.0", "4.0"))
        kinds = self.table("--per", "active-hours")
        self.assertEqual({one["active_hours"] for one in kinds}, {"500.0"})
        self.assertIn("per 1,000 active hours", self.typed("--per", "active-hours")[1])

    def test_by_experiment(self) -> None:
        """--by experiment has its branch beside it, and all kinds of crashes."""
        rows = self.table("--by", "experiment")
        self.assertEqual(
            {(one["experiment"], one["branch"]) for one in rows}, {("cache", "control")}
        )
        self.assertEqual(len(rows), 6)

    def test_people(self) -> None:
        """--people has user-days without a crash instead of rates."""
        (row,) = self.table("--people")
        self.assertEqual((row["channel"], row["active_user_days"]), ("nightly", "10000"))
        self.assertEqual(row["crash_free"], "0.99")
        self.assertIn("User-days without a crash", self.typed("--people")[1])

    def test_flags_that_do_not_go_together(self) -> None:
        """What cannot be meant is a sentence that says what to leave out, and code 2."""
        for arguments, sentence in (
            (("--source", "histogram"), "--source is of rates by process"),
            (("--people", "--per", "active-hours"), "leave out --per"),
            (("--people", "--min-usage-hours", "5"), "leave out --min-usage-hours"),
            (("--by", "class", "--source", "histogram"), "the histogram does not say 'class'"),
            (("--people", "--by", "architecture"), "people are not counted by architecture"),
        ):
            with self.subTest(arguments=arguments):
                code, output, errors = self.typed(*arguments)
                self.assertEqual((code, output), (2, ""))
                self.assertIn(sentence, errors)


if __name__ == "__main__":
    unittest.main()
