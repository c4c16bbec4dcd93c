from __future__ import annotations

import unittest
from dataclasses import replace

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.program_schema import (
    Migration,
    number_text,
    program_schema,
)
from crash_rate_aggregates.rows import CRASH_AGGREGATES, REPLACED_TABLES
from crash_rate_aggregates.stats import STATS, Stat
from test.database.schema.later_versions import OURS
from test.servers import fresh_database

LANDED = {
    "0001_tables": "d6f390775ff3d50b94b7e36d7ab3046eb45df8cef377fb4515df86448c11c3c3",
    "0002_todays_firefox": "797e54f52982d9eb1908d8a8b34635cc7fdbc143b9d2eedbeb3db834d7bbc2b3",
    "0003_processes_and_people": "8902534d2b631ddfcbf4d4bd27878289924682fd8f4bd1231f2a508dc4eda7ef",
    "0004_verdicts": "fc6087aae1fd0c52327fa0392f818c34e1bacb85da1ac0363af5b88e9ca31f29",
}
"""Each migration that has landed. It is never changed again: a change is a further one."""


class ProgramSchemaTest(unittest.TestCase):
    def test_migrations_are_frozen(self):
        """A migration that has landed stays as it is, to the byte, and numbers have no gaps."""
        migrations = program_schema().migrations
        self.assertEqual({step.name: step.sha256 for step in migrations}, LANDED)
        self.assertEqual([step.number for step in migrations], [*range(1, len(LANDED) + 1)])

    def test_names_of_tables(self):
        """Each table that a day fills begins with crash_, by which its owner is given it."""
        self.assertEqual([one for one in REPLACED_TABLES if not one.startswith("crash_")], [])

    def test_digest(self):
        """The digest tells migrations, functions, views, stats and their words apart."""
        stat = Stat("made_up_crashes", "crashes", "Crashes of no process.")
        step = Migration(2, "0002_more", b"SELECT 1")
        others = [
            replace(OURS, migrations=(*OURS.migrations, step)),
            replace(OURS, functions=OURS.functions + " "),
            replace(OURS, views=OURS.views + " "),
            replace(OURS, stats=(*OURS.stats, stat)),
            replace(OURS, stats=(*OURS.stats, replace(stat, description="All of them."))),
            replace(OURS, stats=(*OURS.stats, replace(stat, unit="pings"))),
        ]
        self.assertEqual(len({one.sha256 for one in (OURS, *others)}), 7)
        self.assertEqual(replace(OURS, number=OURS.number + 1).sha256, OURS.sha256)

    def test_number_rises(self):
        """The number rises by one where the schema is not the recorded one, and stays otherwise."""
        self.assertEqual(number_text(OURS, "7 0\n"), f"8 {OURS.sha256}\n")
        self.assertEqual(number_text(OURS, f"8 {OURS.sha256}\n"), f"8 {OURS.sha256}\n")


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
        """Each stat is a bigint column whose comment tells source and unit, and no other is."""
        stats = {
            name: (kind, comment)
            for name, kind, _, comment in self.columns("crash_aggregates")[3:]
            if name not in ("usage_hours", "active_hours")
        }
        self.assertEqual(
            stats,
            {stat.name: ("bigint", f"{stat.description} Unit: {stat.unit}.") for stat in STATS},
        )

    def test_stats_of_small_tables(self):
        """Each summary, and the totals of runs, has the stats and comments of the table."""
        wanted = self.columns("crash_aggregates")[3:]
        for table in (*CRASH_AGGREGATES.summaries, "crash_aggregates_run_totals"):
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
        self.assertLessEqual({"crash_aggregates_runs", *REPLACED_TABLES}, set(tables))
        for table in tables:
            ((comment,),) = self.connection.execute(
                "SELECT obj_description(%s::regclass, 'pg_class')", (table,)
            )
            self.assertIsNotNone(comment, table)
            for name, _, _, comment in self.columns(table):
                self.assertRegex(comment or "", r" Unit: [^.]+\.$", f"{table}.{name}")
