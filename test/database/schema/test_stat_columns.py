from __future__ import annotations

from dataclasses import replace

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.migrate import DEFINITIONS, migrate
from crash_rate_aggregates.stats import STATS, Stat
from test.database.sample_days import FILLED_TABLES, NIGHTLY, DatabaseTestCase, day
from test.database.schema.later_versions import later

TABLES = (*FILLED_TABLES, "crash_aggregates_run_totals")
MADE_UP = Stat("made_up_crashes", "crashes", "Crashes of no process.")
WITH_MADE_UP = later(stats=(*STATS, MADE_UP))


class StatColumnsTest(DatabaseTestCase):
    """Each test changes the schema, so each has a database of its own."""

    def setUp(self):
        type(self).setUpClass()
        super().setUp()

    def column(self, table, name):
        return self.rows(
            "SELECT format_type(atttypid, NULL), attnotnull, atthasdef, "
            "col_description(attrelid, attnum) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attname = %s",
            table,
            name,
        )

    def test_new_stat(self):
        """A new stat is a column of all tables and of the views on them, without a migration."""
        replace_day(self.connection, day(NIGHTLY))
        self.assertEqual(migrate(self.connection, WITH_MADE_UP), [DEFINITIONS])
        for table in TABLES:
            with self.subTest(table=table):
                self.assertEqual(
                    self.column(table, "made_up_crashes"),
                    [("bigint", False, False, "Crashes of no process. Unit: crashes.")],
                )
        for name in ("channel", "build", "system", "country"):
            self.assertEqual(
                self.rows(f"SELECT main, made_up_crashes FROM crash_counts_by_{name}"),
                [(1.0, None)],
            )
        self.assertEqual(migrate(self.connection, WITH_MADE_UP), [])

    def test_days_before_it(self):
        """A day that was stored before a stat has no count of it, which is not a count of 0."""
        replace_day(self.connection, day(NIGHTLY))
        migrate(self.connection, WITH_MADE_UP)
        for table in TABLES:
            self.assertEqual(
                self.rows(f"SELECT made_up_crashes, main_crashes FROM {table}"), [(None, 1)], table
            )

    def test_next_partition(self):
        """A partition that is made after a stat came has its column too."""
        migrate(self.connection, WITH_MADE_UP)
        self.connection.execute("SELECT crash_aggregates_make_partition('2016-05-01')")
        self.assertEqual(len(self.column("crash_aggregates_2016_05", "made_up_crashes")), 1)

    def test_other_words(self):
        """A stat that is described otherwise changes the comments of its columns alone."""
        first, *others = STATS
        worded = later(stats=(replace(first, description="All main pings."), *others))
        before = self.column("crash_aggregates", first.name)
        self.assertEqual(before[0][3], f"{first.description} Unit: pings.")
        self.assertEqual(migrate(self.connection, worded), [DEFINITIONS])
        for table in TABLES:
            self.assertEqual(
                self.column(table, first.name), [(*before[0][:3], "All main pings. Unit: pings.")]
            )
