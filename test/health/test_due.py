from __future__ import annotations

import unittest
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

import test.property_tests  # noqa: F401  Settings of hypothesis.
from crash_rate_aggregates.database.days.recent_days import OpenAttempt, RecentDay
from crash_rate_aggregates.health.due import due_days
from test.health.made_days import stored_day

NOW = datetime(2016, 3, 15, 12, 3, tzinfo=UTC)
YESTERDAY = date(2016, 3, 14)


def ago(days: int) -> date:
    """Return the date so many days before yesterday."""
    return YESTERDAY - timedelta(days=days)


class DueDaysTest(unittest.TestCase):
    def test_missing_and_failed(self) -> None:
        """Yesterday is due, and before it the days that are missing or whose last run failed."""
        failed = OpenAttempt(NOW - timedelta(days=2), "no pings")
        days = [
            RecentDay(ago(4), None, None),
            stored_day(ago(3)),
            stored_day(ago(2), open_attempt=failed),
            RecentDay(ago(1), None, failed),
            stored_day(YESTERDAY),
        ]
        self.assertEqual(due_days(days, NOW), [ago(4), ago(2), ago(1), YESTERDAY])

    def test_run_that_began_early(self) -> None:
        """A day whose run began before it was over is due: pings were still coming in."""
        early = datetime(2016, 3, 12, 23, 59, 59, tzinfo=UTC)
        in_time = datetime(2016, 3, 13, tzinfo=UTC)
        self.assertEqual(due_days([stored_day(ago(2), started_at=early)], NOW), [ago(2)])
        self.assertEqual(due_days([stored_day(ago(2), started_at=in_time)], NOW), [])

    def test_yesterday_filled_just_now(self) -> None:
        """Yesterday is left alone for 6 hours after a run of it: another day's failure repeats."""
        for hours, due in ((0, []), (5.9, []), (6, [YESTERDAY]), (12, [YESTERDAY])):
            with self.subTest(hours=hours):
                day = stored_day(YESTERDAY, started_at=NOW - timedelta(hours=hours))
                self.assertEqual(due_days([day], NOW), due)

    def test_yesterday_is_that_of_utc(self) -> None:
        """The clock's own zone does not matter."""
        tokyo = NOW.replace(hour=22).astimezone(timezone(timedelta(hours=9)))
        old = datetime(2016, 3, 15, 1, tzinfo=UTC)
        self.assertEqual(due_days([stored_day(YESTERDAY, started_at=old)], tokyo), [YESTERDAY])

    @given(st.lists(st.sampled_from(["missing", "failed", "early", "well"]), max_size=10))
    def test_heals_in_one_run(self, states: list[str]) -> None:
        """What is due is what is not well, in order; once all is filled, nothing is due."""
        days, wanted = [], []
        for number, state in enumerate(states, 1):
            day = ago(number)
            attempt = OpenAttempt(NOW, None) if state == "failed" else None
            started = datetime(2016, 1, 1, tzinfo=UTC) if state == "early" else None
            days.append(
                RecentDay(day, None, None)
                if state == "missing"
                else stored_day(day, started_at=started, open_attempt=attempt)
            )
            wanted += [] if state == "well" else [day]
        self.assertEqual(due_days(days, NOW), wanted)
        healed = [stored_day(day.submission_date, started_at=NOW) for day in days]
        self.assertEqual(due_days(healed, NOW + timedelta(minutes=5)), [])


if __name__ == "__main__":
    unittest.main()
