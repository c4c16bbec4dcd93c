from __future__ import annotations

import unittest
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.errors import DatabaseError, LockTimeoutError
from crash_rate_aggregates.stats import STATS
from test.database.sample_days import NIGHTLY, day
from test.servers import fresh_database


class PartitionsTest(unittest.TestCase):
    def setUp(self):
        self.url = fresh_database(self)
        self.connection = self.enterContext(connect(self.url))
        migrate(self.connection)

    def partitions(self):
        return self.connection.execute(
            "SELECT relname, pg_get_expr(relpartbound, oid) FROM pg_class "
            "WHERE relispartition AND relkind = 'r' ORDER BY relname"
        ).fetchall()

    def test_new_year_and_leap_day(self):
        """Days over New Year and a leap day are stored, each in its month, whose ends are right."""
        days = [
            date(2015, 12, 31),
            date(2016, 1, 1),
            date(2016, 2, 28),
            date(2016, 2, 29),
            date(2016, 3, 1),
        ]
        for one in days:
            ensure_partition(self.connection, one)
            replace_day(self.connection, day(NIGHTLY, submission_date=one))
        self.assertEqual(
            self.partitions(),
            [
                ("crash_aggregates_2015_12", "FOR VALUES FROM ('2015-12-01') TO ('2016-01-01')"),
                ("crash_aggregates_2016_01", "FOR VALUES FROM ('2016-01-01') TO ('2016-02-01')"),
                ("crash_aggregates_2016_02", "FOR VALUES FROM ('2016-02-01') TO ('2016-03-01')"),
                ("crash_aggregates_2016_03", "FOR VALUES FROM ('2016-03-01') TO ('2016-04-01')"),
            ],
        )
        rows = self.connection.execute(
            "SELECT submission_date, tableoid::regclass::text FROM crash_aggregates ORDER BY 1"
        ).fetchall()
        self.assertEqual(rows, [(one, f"crash_aggregates_{one:%Y_%m}") for one in days])

    def test_like_the_table(self):
        """A partition has the table's index, generated columns and comments."""
        ensure_partition(self.connection, date(2016, 3, 14))
        row = self.connection.execute(
            "SELECT (SELECT count(*) FROM pg_indexes WHERE tablename = 'crash_aggregates_2016_03'),"
            " (SELECT count(*) FROM pg_attribute WHERE attgenerated = 's'"
            " AND attrelid = 'crash_aggregates_2016_03'::regclass),"
            " (SELECT count(*) FROM pg_inherits"
            " WHERE inhparent = 'crash_aggregates_submission_date'::regclass),"
            " col_description('crash_aggregates_2016_03'::regclass, 4)"
        ).fetchone()
        self.assertEqual(row, (1, 2, 1, f"{STATS[0].description} Unit: pings."))

    def test_at_once(self):
        """Four sessions that need the same month at once make it once."""

        def make(_):
            with connect(self.url) as connection:
                ensure_partition(connection, date(2016, 3, 14))

        with ThreadPoolExecutor(4) as pool:
            self.assertEqual([*pool.map(make, range(4))], [None] * 4)
        self.assertEqual(len(self.partitions()), 1)

    def test_readers_are_not_blocked(self):
        """A partition is made while a transaction that has read the table stays open."""
        with connect(self.url) as reader, reader.transaction():
            reader.execute("SELECT count(*) FROM crash_aggregates")
            ensure_partition(self.connection, date(2016, 3, 14), retry_seconds=0)
            row = reader.execute("SELECT count(*) FROM crash_aggregates").fetchone()
            self.assertEqual(row, (0,))

    def test_lock_in_the_way(self):
        """A lock that does not go away ends in one sentence, and nothing is left behind."""
        with connect(self.url) as other, other.transaction():
            other.execute("LOCK TABLE crash_aggregates IN ACCESS EXCLUSIVE MODE")
            with self.assertRaises(LockTimeoutError) as caught:
                ensure_partition(self.connection, date(2016, 3, 14), retry_seconds=0)
        self.assertEqual(
            str(caught.exception),
            "the partition crash_aggregates_2016_03 could not be made: canceling statement due to "
            "lock timeout; end the session that holds the lock",
        )
        self.assertEqual(self.partitions(), [])

    def test_lock_that_goes_away(self):
        """A lock that goes away after a first attempt costs nothing but time."""
        other = self.enterContext(connect(self.url))
        other.execute("BEGIN")
        other.execute("LOCK TABLE crash_aggregates IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(1) as pool, connect(self.url) as watcher:
            made = pool.submit(ensure_partition, self.connection, date(2016, 3, 14))
            while not watcher.execute(
                "SELECT FROM pg_locks WHERE NOT granted AND pid = %s",
                (self.connection.info.backend_pid,),
            ).fetchall():
                self.assertFalse(made.done())
            # The first attempt gives way, so that readers behind it get their turn.
            while watcher.execute(
                "SELECT FROM pg_locks WHERE NOT granted AND pid = %s",
                (self.connection.info.backend_pid,),
            ).fetchall():
                self.assertFalse(made.done())
            other.execute("COMMIT")
            made.result()
        self.assertEqual(len(self.partitions()), 1)

    def test_without_tables(self):
        """A database without tables is refused in one sentence."""
        with (
            connect(fresh_database(self)) as connection,
            self.assertRaises(DatabaseError) as caught,
        ):
            ensure_partition(connection, date(2016, 3, 14))
        self.assertEqual(
            str(caught.exception),
            "the partition crash_aggregates_2016_03 could not be made: "
            'relation "crash_aggregates" does not exist',
        )
