from __future__ import annotations

import json
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.migrate import migrate
from test.cli.test_cli import typed
from test.engines.made_days import lines, main_ping, write_day
from test.job.days_in_postgres import rows
from test.servers import fresh_database

_REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE 'no assessment today';
END
$$;
CREATE TRIGGER refuse BEFORE INSERT ON crash_assessments EXECUTE FUNCTION refuse();
"""


class AssessedDaysTest(unittest.TestCase):
    def setUp(self) -> None:
        self.url = fresh_database(self)
        self.pings = Path(self.enterContext(TemporaryDirectory()))
        write_day(self.pings, {"1.json": lines([main_ping()] * 4)})

    def fill(self, *flags: str) -> tuple[int, str, str]:
        return typed(
            *("run", "--submission-date", "2016-03-14", "--pings", str(self.pings)),
            *("--database", self.url, *flags),
        )

    def test_after_the_day(self) -> None:
        """A day that is stored is assessed, and what it came to stands in the summary."""
        code, out, _ = self.fill("--json")
        said = json.loads(out)["assessments"]
        self.assertEqual(code, 0)
        self.assertEqual(
            [{name: one for name, one in day.items() if name != "seconds"} for day in said],
            [{"submission_date": "2016-03-14", "status": "done", "worse": 0, "alarms": 0}],
        )
        self.assertEqual(rows(self.url, "SELECT count(*) FROM crash_assessments"), [(1,)])

    def test_fault(self) -> None:
        """An assessment that fails is told in a line; the day is stored, and the exit code is 0."""
        with connect(self.url) as connection:
            migrate(connection)
            connection.execute(_REFUSE)
        code, out, err = self.fill()
        self.assertEqual(code, 0)
        self.assertIn("2016-03-14: 4 pings read, 4 counted", out)
        self.assertIn(
            "error: 2016-03-14 was not assessed: the assessment of 2016-03-14 was not stored: "
            "no assessment today",
            err,
        )
        self.assertEqual(rows(self.url, "SELECT sum(ping_count) FROM crash_aggregates"), [(4,)])
        self.assertEqual(rows(self.url, "SELECT count(*) FROM crash_variation"), [(0,)])
