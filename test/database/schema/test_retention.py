from __future__ import annotations

import unittest
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread

from tenacity import retry, stop_after_delay, wait_fixed

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.attempts import begin_attempt
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.runs import RUN_TABLES
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.schema.retention import (
    Month,
    drop_month,
    expired_months,
    stored_months,
)
from crash_rate_aggregates.errors import LockTimeoutError
from test.database.sample_days import FILLED_TABLES, NIGHTLY, Row, batch, day
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
        for table in ("crash_aggregates_runs", *FILLED_TABLES):
            self.assertEqual(self.dates(table), kept, table)
        self.assertEqual(self.dates("crash_aggregates_open_attempts"), [])
        for table in RUN_TABLES:
            runs = self.connection.execute(
                f"SELECT DISTINCT run_id FROM {table} ORDER BY 1"
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
        for table in ("crash_aggregates_runs", *FILLED_TABLES):
            self.assertEqual(len(self.dates(table)), 4, table)

    def held_fill(self, submission_date, held, released):
        """Store a day in a thread, which waits in the middle of its rows until it is released."""

        def batches():
            yield batch([NIGHTLY])
            held.set()
            released.wait(30)

        def fill():
            with connect(self.url) as connection:
                stored = day(NIGHTLY, submission_date=submission_date, batches=batches())
                replace_day(connection, stored)

        return Thread(target=fill)

    @retry(stop=stop_after_delay(20), wait=wait_fixed(0.01), reraise=True)
    def assert_waits(self, connection):
        """Wait until that session waits for a lock."""
        row = self.connection.execute(
            "SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s",
            [connection.info.backend_pid],
        ).fetchone()
        self.assertEqual(row, ("Lock",))

    def left_of_december(self):
        """Return how many rows each table has of the month and of what hangs on its runs."""
        left = {}
        for table in FILLED_TABLES:
            query = f"SELECT count(*) FROM {table} WHERE submission_date < '2016-01-01'"
            left[table] = self.connection.execute(query).fetchall()[0][0]
        for table in RUN_TABLES:
            query = f"SELECT count(*) FROM {table} WHERE run_id NOT IN (2, 3, 4)"
            left[table] = self.connection.execute(query).fetchall()[0][0]
        return left

    def test_first_fill_meanwhile(self):
        """A day of the month that commits while it is dropped leaves no run without rows."""
        held, released = Event(), Event()
        filling = self.held_fill(date(2015, 12, 30), held, released)
        filling.start()
        held.wait(30)
        first = stored_months(self.connection)[0]
        dropper = self.enterContext(connect(self.url))
        dropping = Thread(target=drop_month, args=(dropper, first))
        dropping.start()
        self.assert_waits(dropper)
        released.set()
        filling.join(30)
        dropping.join(30)
        self.assertEqual(set(self.left_of_december().values()), {0})

    def test_fill_in_the_way(self):
        """A day of the month that is being stored keeps the month, and neither waits for long."""
        held, released = Event(), Event()
        filling = self.held_fill(date(2015, 12, 30), held, released)
        filling.start()
        held.wait(30)
        first = stored_months(self.connection)[0]
        try:
            with self.assertRaisesRegex(LockTimeoutError, "^crash_aggregates_2015_12 was not drop"):
                drop_month(self.connection, first, retry_seconds=0)
        finally:
            released.set()
            filling.join(30)
        self.assertEqual(self.dates("crash_aggregates_runs")[0], date(2015, 12, 30))
        self.assertEqual(stored_months(self.connection)[0].aggregates, 3)

    def test_filled_again(self):
        """A day of a dropped month can be stored again."""
        drop_month(self.connection, stored_months(self.connection)[0])
        ensure_partition(self.connection, date(2015, 12, 31))
        replace_day(self.connection, day(NIGHTLY, submission_date=date(2015, 12, 31)))
        self.assertEqual(stored_months(self.connection)[0].days, 1)
