from __future__ import annotations

import unittest
from datetime import UTC, date, datetime, timedelta

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.attempts import begin_attempt
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.schema.retention import (
    Month,
    drop_month,
    expired_months,
    stored_months,
)
from crash_rate_aggregates.errors import LockTimeoutError
from crash_rate_aggregates.rows import SUMMARIES
from test.database.sample_days import NIGHTLY, Row, day
from test.servers import fresh_database


def month(first, last):
    """Return a month with nothing in it."""
    return Month("", first, last, 0, 0, 0)


class ExpiredMonthsTest(unittest.TestCase):
    def test_bounds(self):
        """A month goes when its last day lies before the weeks to keep, and not a day earlier."""
        february = month(date(2016, 2, 1), date(2016, 2, 29))
        march = month(date(2016, 3, 1), date(2016, 3, 31))
        first_without = date(2016, 2, 29) + timedelta(weeks=26, days=1)
        for today, expired in (
            (first_without - timedelta(days=1), []),
            (first_without, [february]),
            (date(2016, 3, 1), []),
            (date(2020, 1, 1), [february, march]),
        ):
            self.assertEqual(
                expired_months([february, march], keep_weeks=26, today=today), expired, today
            )


class DropMonthTest(unittest.TestCase):
    def setUp(self):
        self.url = fresh_database(self)
        self.connection = self.enterContext(connect(self.url))
        migrate(self.connection)
        beta = Row({"channel": "beta"}, {"main_crashes": 1})
        for one in (date(2015, 12, 31), date(2016, 1, 1), date(2016, 1, 31), date(2016, 2, 1)):
            ensure_partition(self.connection, one)
            replace_day(
                self.connection,
                day(NIGHTLY, beta, submission_date=one, damaged_files=[("f", "cut")]),
            )

    def dates(self, table):
        query = f"SELECT DISTINCT submission_date FROM {table} ORDER BY 1"
        return [one for (one,) in self.connection.execute(query)]

    def test_months(self):
        """Each month is listed with its days, rows and size."""
        months = stored_months(self.connection)
        self.assertEqual(
            [(one.partition, one.first, one.last, one.days, one.aggregates) for one in months],
            [
                ("crash_aggregates_2015_12", date(2015, 12, 1), date(2015, 12, 31), 1, 2),
                ("crash_aggregates_2016_01", date(2016, 1, 1), date(2016, 1, 31), 2, 4),
                ("crash_aggregates_2016_02", date(2016, 2, 1), date(2016, 2, 29), 1, 2),
            ],
        )
        self.assertTrue(all(one.stored_bytes > 8192 for one in months))

    def test_drop(self):
        """The month's partition, summaries, runs and all that hangs on them go, no more."""
        begin_attempt(self.connection, date(2016, 1, 31), datetime.now(UTC), "1")
        drop_month(self.connection, stored_months(self.connection)[1])
        kept = [date(2015, 12, 31), date(2016, 2, 1)]
        for table in ("crash_aggregates", "crash_aggregates_runs", *SUMMARIES):
            self.assertEqual(self.dates(table), kept, table)
        self.assertEqual(self.dates("crash_aggregates_open_attempts"), [])
        for table in ("ledger", "run_totals", "damaged_files"):
            runs = self.connection.execute(
                f"SELECT DISTINCT run_id FROM crash_aggregates_{table} ORDER BY 1"
            ).fetchall()
            self.assertEqual(runs, [(1,), (4,)], table)
        with connect(self.url) as other:
            row = other.execute("SELECT to_regclass('crash_aggregates_2016_01')").fetchone()
            self.assertEqual(row, (None,))

    def test_lock_in_the_way(self):
        """A reader that keeps its transaction open keeps the month, whole, and is named."""
        first = stored_months(self.connection)[0]
        with connect(self.url) as reader, reader.transaction():
            reader.execute("SELECT count(*) FROM crash_aggregates")
            with self.assertRaisesRegex(
                LockTimeoutError, "^crash_aggregates_2015_12 was not dropped: canceling statement"
            ):
                drop_month(self.connection, first, retry_seconds=0)
        for table in ("crash_aggregates", "crash_aggregates_runs", *SUMMARIES):
            self.assertEqual(len(self.dates(table)), 4, table)

    def test_filled_again(self):
        """A day of a dropped month can be stored again."""
        drop_month(self.connection, stored_months(self.connection)[0])
        ensure_partition(self.connection, date(2015, 12, 31))
        replace_day(self.connection, day(NIGHTLY, submission_date=date(2015, 12, 31)))
        self.assertEqual(stored_months(self.connection)[0].days, 1)
