from __future__ import annotations

import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.migrate import DEFINITIONS, migrate
from crash_rate_aggregates.database.schema.program_schema import Migration
from crash_rate_aggregates.errors import DatabaseError
from test.database.schema.later_versions import ALL, OURS, WITH_SHORT, later
from test.servers import fresh_database

NEXT = len(OURS.migrations) + 1


class MigrateTest(unittest.TestCase):
    def setUp(self):
        self.url = fresh_database(self)
        self.connection = self.enterContext(connect(self.url))

    def rows(self, query):
        return self.connection.execute(query).fetchall()

    def recorded(self):
        return self.rows("SELECT number, sha256, applied_at FROM crash_aggregates_definitions")

    def test_first_and_second_use(self):
        """An empty database gets everything, a second time nothing."""
        self.assertEqual(migrate(self.connection), ALL)
        recorded = self.recorded()
        self.assertEqual(recorded[0][:2], (OURS.number, OURS.sha256))
        self.assertEqual(migrate(self.connection), [])
        self.assertEqual(self.recorded(), recorded)
        self.assertEqual(
            self.rows("SELECT number, name, sha256 FROM crash_aggregates_migrations ORDER BY 1"),
            [(step.number, step.name, step.sha256) for step in OURS.migrations],
        )

    def test_at_once(self):
        """Four sessions at once make the tables once, and define anew once what has changed."""

        def migrated(wanted):
            with connect(self.url) as connection:
                return migrate(connection, wanted)

        with ThreadPoolExecutor(4) as pool:
            applied = sorted(pool.map(migrated, [OURS] * 4))
            redone = sorted(pool.map(migrated, [WITH_SHORT] * 4))
        self.assertEqual(applied, [[], [], [], ALL])
        self.assertEqual(redone, [[], [], [], [DEFINITIONS]])
        self.assertEqual(self.rows("SELECT * FROM crash_shortest"), [(1, 0.5)])

    def test_later_migration(self):
        """A database of an older version gets what is missing only, under the views that it has."""
        migrate(self.connection)
        column = b"ALTER TABLE crash_aggregates_runs ALTER COLUMN engine TYPE varchar(20)"
        step = Migration(NEXT, "0099_short", column)
        wanted = later(migrations=(*OURS.migrations, step))
        self.assertEqual(migrate(self.connection, wanted), ["0099_short", DEFINITIONS])
        self.assertEqual(migrate(self.connection, wanted), [])
        self.assertEqual(self.rows("SELECT engine FROM crash_aggregates_current_runs"), [])

    def test_newer_database(self):
        """A database newer than the program is refused, and keeps its own views."""
        migrate(self.connection, WITH_SHORT)
        with self.assertRaises(DatabaseError) as caught:
            migrate(self.connection)
        self.assertEqual(
            str(caught.exception),
            f"the database has schema {OURS.number + 1}, made by version 0.1.0 of the program, and "
            f"this version knows {OURS.number}: use that version or a later one",
        )
        self.assertEqual(self.rows("SELECT one FROM crash_shortest"), [(1,)])
        self.assertEqual(self.recorded()[0][:2], (WITH_SHORT.number, WITH_SHORT.sha256))

    def test_changed_migration(self):
        """A migration that was applied with another content is refused."""
        migrate(self.connection)
        changed = Migration(1, "0001_tables", OURS.migrations[0].script + b"-- changed")
        with self.assertRaisesRegex(
            DatabaseError, "^the database was made by another 0001_tables than this program's"
        ):
            migrate(self.connection, later(migrations=(changed,)))

    def test_failure_in_the_middle(self):
        """Whatever fails, the database stays as it was: tables, functions, views and record."""
        migrate(self.connection)
        before = self.recorded()
        step = Migration(NEXT, "0099_half", b"CREATE TABLE half (year integer)")
        for wanted, reason in (
            (later(migrations=(*OURS.migrations, replace(step, script=b"SELECT 1 / 0"))), "zero"),
            (later(migrations=(*OURS.migrations, step), functions="SELECT 1 / 0"), "zero"),
            (later(migrations=(*OURS.migrations, step), views="CREATE VIEW x AS y"), "syntax"),
        ):
            with self.assertRaisesRegex(
                DatabaseError, f"^the tables could not be made: .*{reason}"
            ):
                migrate(self.connection, wanted)
            self.assertEqual(self.recorded(), before)
            self.assertEqual(self.rows("SELECT to_regclass('half')"), [(None,)])
            self.assertEqual(self.rows("SELECT crash_channel('x') FROM crash_rates_by_day"), [])
        self.assertEqual(migrate(self.connection), [])

    def test_up_to_date_needs_no_rights(self):
        """Who may only read can start the program on an up-to-date database."""
        migrate(self.connection)
        self.rows("SELECT set_config('default_transaction_read_only', 'on', false)")
        self.assertEqual(migrate(self.connection), [])
        with self.assertRaisesRegex(DatabaseError, "read-only transaction"):
            migrate(self.connection, WITH_SHORT)
