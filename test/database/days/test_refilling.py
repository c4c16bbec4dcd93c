from __future__ import annotations

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.vacuum import vacuum_day
from test.database.days.refilling import refill, stored_bytes
from test.database.sample_days import SUBMISSION_DATE, DatabaseTestCase, Row, day


def many_rows(number):
    """Return so many aggregates of one day."""
    channels = ("nightly", "beta", "release")
    return [
        Row({"channel": channels[n % 3], "country": str(n)}, {"ping_count": 1, "main_crashes": 1})
        for n in range(number)
    ]


class RefillingTest(DatabaseTestCase):
    def test_readers_see_whole_days(self):
        """Readers at both isolation levels see the day whole, table and summary alike, always."""
        made = day(*many_rows(2_000))
        replace_day(self.connection, made)
        for reader in refill(self.connection, self.url, made, times=5):
            with self.subTest(level=reader.level.name):
                self.assertEqual(reader.seen, {(2_000, 2_000)})
                self.assertGreater(reader.reads, 5)

    def test_size_is_bounded(self):
        """Refilling a day 20 times takes the room of two days, not of 20."""
        made = day(*many_rows(2_000))
        replace_day(self.connection, made)
        vacuum_day(self.connection, SUBMISSION_DATE)
        once = stored_bytes(self.connection)
        for _ in range(20):
            replace_day(self.connection, made)
            self.assertIsNone(vacuum_day(self.connection, SUBMISSION_DATE))
        self.assertLess(stored_bytes(self.connection), 2.5 * once)
