"""Activity dates of which only late pings are there have no rate, whichever question asks."""

from __future__ import annotations

import unittest
from datetime import date

from crash_rate_aggregates.questions.rates import CrashRates, crash_rates
from test.database.sample_days import Row
from test.questions.stored_days import HOURS, QuestionsTestCase

NOT_STORED = "its submission date is not stored"
LATE, STORED = date(2016, 3, 13), date(2016, 3, 14)
BUILD = {"channel": "nightly", "build_id": "20160312000000"}


class ActivityDatesTest(QuestionsTestCase):
    """A day of which only a late submission date is stored, and that date itself."""

    def setUp(self) -> None:
        """Store both, with another rate on each of them, and a build that has the first alone."""
        super().setUp()
        old = {"channel": "nightly", "build_id": "20160311000000", "build_version": "47.0"}
        new = {**BUILD, "build_version": "48.0"}
        self.store(
            STORED,
            Row(new, {"usage_seconds": HOURS, "main_crashes": 90, "active_seconds": HOURS}),
            Row(old, {"usage_seconds": HOURS, "main_crashes": 50}),
            Row(new, {"usage_seconds": HOURS, "main_crashes": 5}, STORED),
        )

    def test_over_time(self) -> None:
        """Over time it has hours and crashes, and a note instead of a rate."""
        late, stored = self.ask("crash_rates_over_time")
        self.assertEqual(
            (late["activity_date"], late["usage_hours"], late["main_rate"], late["main_upper"]),
            (LATE, 2000.0, None, None),
        )
        self.assertEqual((late["note"], stored["note"]), (NOT_STORED, None))
        self.assertEqual(stored["main_rate"], 5.0)
        late, stored = self.ask("active_hours_over_time")
        self.assertEqual((late["main_per_1000_active_hours"], late["note"]), (None, NOT_STORED))

    def test_by_build_and_version(self) -> None:
        """By build and by age it is left out where there are others; else there is no rate."""
        old, new = self.ask("crash_rates_by_build")
        self.assertEqual(
            (old["usage_hours"], old["main_rate"], old["note"]), (1000, None, NOT_STORED)
        )
        self.assertEqual((new["usage_hours"], new["main_rate"], new["note"]), (1000, 5.0, None))
        old, late, new = self.ask("crash_rates_by_version")
        self.assertEqual((old["build_version"], old["main_rate"]), ("47.0", None))
        self.assertEqual(
            (late["build_age"], late["main_rate"], late["note"]), (1, None, NOT_STORED)
        )
        self.assertEqual((new["build_age"], new["main_rate"], new["note"]), (2, 5.0, None))

    def test_rates(self) -> None:
        """`rates` by activity date says so, too, and by submission date counts all pings."""
        self.assertEqual(
            {one.group: self.main(one) for one in crash_rates(self.connection, ["activity_date"])},
            {("2016-03-13",): (None, NOT_STORED), ("2016-03-14",): (5.0, None)},
        )
        (by_submission,) = crash_rates(self.connection, ["submission_date"])
        self.assertEqual(self.main(by_submission), (145 / 3, None))

    def test_range_of_rates(self) -> None:
        """A date before the range has only its late pings in it: no rate, but another note."""
        following = date(2016, 3, 15)
        self.store(
            following,
            Row(BUILD, {"usage_seconds": HOURS, "main_crashes": 8}, STORED),
            Row(BUILD, {"usage_seconds": HOURS, "main_crashes": 7}, following),
        )
        groups = crash_rates(self.connection, ["activity_date"], following)
        self.assertEqual(
            {one.group: self.main(one) for one in groups},
            {
                ("2016-03-14",): (None, "its submission date is not asked for"),
                ("2016-03-15",): (7.0, None),
            },
        )

    @staticmethod
    def main(one: CrashRates) -> tuple[float | None, str | None]:
        """Return the rate of main crashes and its note."""
        return one.kinds["main"].per_1000_hours, one.kinds["main"].note


if __name__ == "__main__":
    unittest.main()
