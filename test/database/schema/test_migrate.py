from __future__ import annotations

import unittest
from concurrent.futures import ThreadPoolExecutor

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.migrate import Migration, migrate, read_migrations
from crash_rate_aggregates.errors import DatabaseError
from crash_rate_aggregates.rows import SUMMARIES
from crash_rate_aggregates.stats import STATS
from test.servers import fresh_database

NAMES = [
    "0001_aggregates",
    "0002_runs",
    "0003_crash_count_limits",
    "0004_main_crashes_sent_twice",
    "0005_rates",
    "0006_summaries",
    "0007_history",
    "0008_partitions",
    "0009_open_attempts",
    "0010_applications",
    "0011_intervals_of_differences",
    "0012_locks",
]
NEXT = len(NAMES) + 1


class MigrateTest(unittest.TestCase):
    def setUp(self):
        self.url = fresh_database(self)
        self.connection = self.enterContext(connect(self.url))

    def rows(self, query):
        return self.connection.execute(query).fetchall()

    def test_forward_once(self):
        """An empty database gets every step in order, a second time none."""
        self.assertEqual(migrate(self.connection), NAMES)
        self.assertEqual(migrate(self.connection), [])
        self.assertEqual(
            self.rows("SELECT number, name FROM crash_aggregates_migrations ORDER BY number"),
            [(number, name) for number, name in enumerate(NAMES, 1)],
        )

    def test_at_once(self):
        """Four sessions that migrate at once apply each step once."""

        def migrated(_):
            with connect(self.url) as connection:
                return migrate(connection)

        with ThreadPoolExecutor(4) as pool:
            applied = [name for names in pool.map(migrated, range(4)) for name in names]
        self.assertEqual(sorted(applied), NAMES)

    def test_from_an_older_version(self):
        """A database of an older version gets what is missing only."""
        migrate(self.connection, read_migrations()[:1])
        self.assertEqual(migrate(self.connection), NAMES[1:])

    def test_newer_database(self):
        """A database newer than the program is refused, and stays as it is."""
        newer = Migration(NEXT, "0099_future", b"CREATE TABLE future (year integer)")
        migrate(self.connection, (*read_migrations(), newer))
        with self.assertRaises(DatabaseError) as caught:
            migrate(self.connection)
        self.assertEqual(
            str(caught.exception),
            "the database has migration 0099_future, which this version of the program does not "
            "know: install the version that made it or a later one",
        )

    def test_changed_step(self):
        """A step that was applied with another content is refused."""
        first, *others = read_migrations()
        migrate(self.connection)
        changed = Migration(1, first.name, first.script + b"-- changed")
        with self.assertRaisesRegex(
            DatabaseError, "^the database was made by another 0001_aggregates than this program's"
        ):
            migrate(self.connection, (changed, *others))

    def test_failing_step(self):
        """A step that fails leaves nothing of itself, and the steps before it stay."""
        failing = Migration(NEXT, "0099_wrong", b"CREATE TABLE half (year integer); SELECT 1 / 0")
        with self.assertRaisesRegex(
            DatabaseError, "^the tables could not be made: division by zero$"
        ):
            migrate(self.connection, (*read_migrations(), failing))
        self.assertEqual(self.rows("SELECT to_regclass('half')"), [(None,)])
        self.assertEqual(
            self.rows("SELECT max(number) FROM crash_aggregates_migrations"), [(NEXT - 1,)]
        )

    def test_up_to_date_needs_no_rights(self):
        """Who may only read can start the program on an up-to-date database."""
        migrate(self.connection)
        self.rows("SELECT set_config('default_transaction_read_only', 'on', false)")
        self.assertEqual(migrate(self.connection), [])


class TablesTest(unittest.TestCase):
    def setUp(self):
        self.connection = self.enterContext(connect(fresh_database(self)))
        migrate(self.connection)

    def columns(self, table):
        return self.connection.execute(
            "SELECT attname, format_type(atttypid, NULL), attnotnull, "
            "col_description(attrelid, attnum) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            (table,),
        ).fetchall()

    def test_stats_are_columns(self):
        """Each stat is a bigint column in the order of STATS, its comment tells source and unit."""
        stats = [
            (name, kind, required, comment)
            for name, kind, required, comment in self.columns("crash_aggregates")[3:]
            if name != "usage_hours"
        ]
        self.assertEqual(
            stats,
            [
                (stat.name, "bigint", True, f"{stat.description} Unit: {stat.unit}.")
                for stat in STATS
            ],
        )

    def test_stats_of_small_tables(self):
        """Each summary, and the totals of runs, has the stats and comments of the table."""
        wanted = self.columns("crash_aggregates")[3:]
        for table in (*SUMMARIES, "crash_aggregates_run_totals"):
            with self.subTest(table=table):
                self.assertLessEqual(set(wanted), set(self.columns(table)))

    def test_views_and_functions_have_comments(self):
        """Each view and function says what it is."""
        silent = self.connection.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind = 'v' AND obj_description(oid, 'pg_class') IS NULL UNION ALL "
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = "
            "'public'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL"
        ).fetchall()
        self.assertEqual(silent, [])

    def test_other_columns(self):
        """Dates and dimensions come first, usage_hours stands after the seconds it is made of."""
        columns = [(name, kind) for name, kind, *_ in self.columns("crash_aggregates")]
        self.assertEqual(
            columns[:6],
            [
                ("submission_date", "date"),
                ("activity_date", "date"),
                ("dimensions", "jsonb"),
                ("ping_count", "bigint"),
                ("usage_seconds", "bigint"),
                ("usage_hours", "double precision"),
            ],
        )

    def test_everything_has_a_comment(self):
        """Each table has a comment, and each of its columns one that ends with the unit."""
        tables = [
            name
            for (name,) in self.connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                "AND relkind IN ('r', 'p') ORDER BY relname"
            )
        ]
        self.assertEqual(
            tables,
            [
                "crash_aggregates",
                "crash_aggregates_by_build",
                "crash_aggregates_by_channel",
                "crash_aggregates_by_country",
                "crash_aggregates_by_system",
                "crash_aggregates_damaged_files",
                "crash_aggregates_ledger",
                "crash_aggregates_locks",
                "crash_aggregates_migrations",
                "crash_aggregates_open_attempts",
                "crash_aggregates_run_totals",
                "crash_aggregates_runs",
            ],
        )
        for table in tables:
            ((comment,),) = self.connection.execute(
                "SELECT obj_description(%s::regclass, 'pg_class')", (table,)
            )
            self.assertIsNotNone(comment, table)
            for name, _, _, comment in self.columns(table):
                self.assertRegex(comment or "", r" Unit: [^.]+\.$", f"{table}.{name}")
