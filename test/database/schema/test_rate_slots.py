from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import date, timedelta
from math import sqrt

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.program_schema import program_schema
from crash_rate_aggregates.database.schema.rate_slots import rate_slots, with_slots
from crash_rate_aggregates.stats import STATS, Stat
from test.servers import fresh_database


class SlotsTest(unittest.TestCase):
    def test_with_slots(self) -> None:
        """Slots are filled; other braces and unknown names stay as they are."""
        self.assertEqual(
            with_slots("{a}, {b}, '{}', '^[0-9]{1,9}', {{ dates.start }}", {"a": "1"}),
            "1, {b}, '{}', '^[0-9]{1,9}', {{ dates.start }}",
        )

    def test_all_are_filled(self) -> None:
        """Functions and views have no slot left but that of the schema."""
        for text in program_schema().definitions:
            self.assertNotRegex(text.replace("{schema}", ""), "{[a-z]")

    def test_no_formula_is_doubled(self) -> None:
        """The views and the slots call the formula of the interval by crash_rate alone."""
        functions, views = program_schema().definitions
        self.assertEqual(functions.count("crash_expected_upper_limit("), 3)
        for text in (views, *rate_slots().values()):
            self.assertNotIn("_limit(", text)


class NewStatTest(unittest.TestCase):
    """A stat that is a kind of crash by itself, in a database of its own."""

    def setUp(self) -> None:
        invented = Stat("invented_crashes", "crashes", "Made up.", kind="invented")
        self.stats = (*STATS, invented)
        self.connection = self.enterContext(connect(fresh_database(self)))
        migrate(self.connection, replace(program_schema(), stats=self.stats))
        for number in range(9):
            self.connection.execute(
                "INSERT INTO crash_aggregates_by_channel (submission_date, activity_date, "
                f"application, channel, aggregates, {', '.join(stat.name for stat in self.stats)})"
                "SELECT %(day)s, %(day)s, 'Firefox', 'nightly', 1, "
                f"{', '.join(f'%({stat.name})s' for stat in self.stats)}",
                {
                    **dict.fromkeys((stat.name for stat in self.stats), 0),
                    "day": date(2016, 3, 1) + timedelta(number),
                    "usage_seconds": 3_600_000,
                    "invented_crashes": 5 if number % 2 else 105,
                },
            )

    def test_rates(self) -> None:
        """It has a rate with what makes its interval in the view of rates."""
        (last,) = self.connection.execute(
            "SELECT crashes, per_1000_hours, burst_factor, log_sd "
            "FROM crash_rates_by_day WHERE kind = 'invented' AND activity_date = '2016-03-09'"
        ).fetchall()
        self.assertEqual(last, (105, None, 3.0, 0.1))

    def test_question(self) -> None:
        """A query with the slots of all stats has it as a row beside the others."""
        query = with_slots(
            "WITH sums AS (SELECT channel, true AS knows_crash_pings, {sums_of_days} "
            "FROM crash_aggregates_by_channel {variation} GROUP BY channel) "
            "SELECT kind, crashes, burst_factor, log_sd FROM sums CROSS JOIN LATERAL {kinds} "
            "WHERE crashes > 0",
            rate_slots(self.stats),
        )
        squares = 5 * 105**2 + 4 * 5**2
        (found,) = self.connection.execute(query.encode()).fetchall()
        self.assertEqual(found[:3], ("invented", 545.0, 3.0))
        self.assertAlmostEqual(found[3], 0.1 * sqrt(squares) / 545)


if __name__ == "__main__":
    unittest.main()
