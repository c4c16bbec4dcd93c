"""What one day learns of the names of builds is known to the next, and told of those before."""

from __future__ import annotations

import unittest
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crash_rate_aggregates.job import DaySummary
from test.engines.made_days import DAY, lines, write_day
from test.engines.people_contract import crash_of, main_of
from test.job.days_in_postgres import filled, made_job, rows
from test.servers import fresh_database

_BUILD = "20160310030418"
_BETA = {
    "application/channel": "beta",
    "environment/build/version": "46.0",
    "environment/build/buildId": _BUILD,
}


class LearnedLabelsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.url = fresh_database(self)

    def fill(self, day: date, *pings: dict[str, Any]) -> None:
        """Write a day's pings and run it."""
        root = self.folder / "pings"
        write_day(root, {"0.json": lines(pings)}, day)
        job = made_job(root, self.url, self.folder / "scratch", jobs=1)
        (summary,) = filled(job, day)
        assert isinstance(summary, DaySummary), summary.error

    def labels(self, query: str) -> list[tuple[Any, ...]]:
        """Ask, with dates as texts."""
        return rows(self.url, query)

    def test_days_in_turn(self) -> None:
        """A day without names counts by the one learned before, an older one by its version."""
        before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)

        def named(day: date, **values: Any) -> dict[str, Any]:
            started = {"payload/info/subsessionStartDate": str(day)}
            return main_of(1, **_BETA, **started, **values)

        self.fill(before, named(before))
        self.fill(DAY, named(DAY, **{"environment/build/displayVersion": "46.0b3"}))
        self.fill(after, named(after), crash_of(2, **_BETA))
        people = (
            "SELECT submission_date::text, label, max(active_clients), max(crashed_clients) "
            "FROM crash_aggregates_clients WHERE level = 'label' GROUP BY 1, 2 ORDER BY 1"
        )
        self.assertEqual(
            self.labels(people),
            [
                ("2016-03-13", "46.0", 1, 0),
                ("2016-03-14", "46.0b3", 1, 0),
                ("2016-03-15", "46.0b3", 1, 1),
            ],
        )
        again = "SELECT submission_date::text, counted_as, label FROM crash_labels_to_fill_again"
        self.assertEqual(self.labels(again), [("2016-03-13", None, "46.0b3")])
        self.assertEqual(
            self.labels("SELECT label, first_day::text, source FROM crash_releases"),
            [("46.0b3", "2016-03-13", "pings")],
        )
        self.fill(before, named(before))
        self.assertEqual(self.labels(again), [])
        self.assertEqual(self.labels(people)[0], ("2016-03-13", "46.0b3", 1, 0))


if __name__ == "__main__":
    unittest.main()
