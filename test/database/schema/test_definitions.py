from __future__ import annotations

import secrets
import unittest

from psycopg import sql

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.definitions import filled
from crash_rate_aggregates.database.schema.migrate import DEFINITIONS, migrate
from crash_rate_aggregates.errors import DatabaseError
from crash_rate_aggregates.stats import Stat
from test.database.schema.later_versions import OURS, later, redefined
from test.servers import fresh_database

ANOTHER_COLUMN = redefined("    place,\n    rate.whole_crashes AS crashes,", "    place,")
"""A view that loses a column, which CREATE OR REPLACE could not."""


class SlotsTest(unittest.TestCase):
    def test_slots(self):
        """The stats stand in the slots as names and as sums, and other braces stay as they are."""
        stats = (Stat("a", "x", ""), Stat("b c", "x", ""))
        self.assertEqual(
            filled("SELECT {stats}, {sums}, '{}', '[0-9]{1,2}' {schema}", stats),
            'SELECT "a", "b c", sum("a")::bigint AS "a", sum("b c")::bigint AS "b c", '
            "'{}', '[0-9]{1,2}' {schema}",
        )


class DefinitionsTest(unittest.TestCase):
    def setUp(self):
        self.url = fresh_database(self)
        self.connection = self.enterContext(connect(self.url))
        migrate(self.connection)

    def rows(self, query, *parameters):
        return self.connection.execute(query, parameters or None).fetchall()

    def columns(self, relation):
        return [
            name
            for (name,) in self.rows(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
                "ORDER BY attnum",
                relation,
            )
        ]

    def test_changed_view(self):
        """A view that changes its columns is made anew once, with its comment."""
        self.assertIn("crashes", self.columns("crash_rates_by_day"))
        self.assertEqual(migrate(self.connection, ANOTHER_COLUMN), [DEFINITIONS])
        self.assertNotIn("crashes", self.columns("crash_rates_by_day"))
        self.assertRegex(
            self.rows("SELECT obj_description('crash_rates_by_day'::regclass, 'pg_class')")[0][0],
            "^Crash rates by activity date",
        )
        self.assertEqual(migrate(self.connection, ANOTHER_COLUMN), [])

    def test_changed_function(self):
        """A function that changes its type is made anew, and what calls it with it."""
        whole = redefined(
            "RETURNS double precision\nLANGUAGE sql IMMUTABLE PARALLEL SAFE\n"
            "RETURN 100::double precision;",
            "RETURNS integer\nLANGUAGE sql IMMUTABLE PARALLEL SAFE\nRETURN 50;",
        )
        self.assertEqual(migrate(self.connection, whole), [DEFINITIONS])
        self.assertEqual(
            self.rows("SELECT crash_min_usage_hours(), pg_typeof(crash_min_usage_hours())::text"),
            [(50, "integer")],
        )

    def test_removed_ones(self):
        """What a version does not define any more goes, and what is not ours stays."""
        self.connection.execute(
            "CREATE VIEW crash_of_mine AS SELECT count(*) FROM crash_aggregates"
        )
        self.connection.execute("CREATE FUNCTION crash_own() RETURNS integer RETURN 7")
        start = OURS.views.index("CREATE VIEW crash_rates_by_day")
        migrate(self.connection, later(views=OURS.views[:start]))
        self.assertEqual(
            self.rows(
                "SELECT to_regclass('crash_rates_by_day')::text, crash_own(), count"
                " FROM crash_of_mine"
            ),
            [(None, 7, 0)],
        )

    def test_dropped_by_hand(self):
        """A view or function that somebody has dropped is there again, and in nobody's way."""
        self.connection.execute("DROP VIEW crash_rates_by_day")
        self.connection.execute("DROP FUNCTION crash_aggregates_make_partition")
        migrate(self.connection, ANOTHER_COLUMN)
        self.assertEqual(
            self.rows(
                "SELECT to_regclass('crash_rates_by_day')::text, "
                "to_regprocedure('crash_aggregates_make_partition(date)')::text"
            ),
            [("crash_rates_by_day", "crash_aggregates_make_partition(date)")],
        )

    def test_somebody_elses_view(self):
        """A view of somebody else on one of ours is named with what to do, and nothing changes."""
        self.connection.execute("CREATE VIEW weekly AS SELECT * FROM crash_rates_by_day")
        with self.assertRaises(DatabaseError) as caught:
            migrate(self.connection, ANOTHER_COLUMN)
        self.assertEqual(
            str(caught.exception),
            "view weekly depends on view crash_rates_by_day, which this version of the program "
            "defines anew: drop what depends on it, run this again, then make that anew",
        )
        self.assertIn("crashes", self.columns("weekly"))
        self.assertIn("crashes", self.columns("crash_rates_by_day"))
        self.assertEqual(migrate(self.connection), [])
        self.connection.execute("DROP VIEW weekly")
        self.assertEqual(migrate(self.connection, ANOTHER_COLUMN), [DEFINITIONS])

    def test_more_than_one_in_the_way(self):
        """Of several views in the way the first is named, and their number."""
        self.connection.execute("CREATE VIEW weekly AS SELECT * FROM crash_rates_by_day")
        self.connection.execute("CREATE VIEW monthly AS SELECT * FROM weekly")
        with self.assertRaisesRegex(
            DatabaseError, r"^view \w+ depends on view \w+ \(and 1 more\), which this version"
        ):
            migrate(self.connection, ANOTHER_COLUMN)


class GrantsTest(unittest.TestCase):
    """Who may what stays when views and functions are made anew."""

    def setUp(self):
        self.connection = self.enterContext(connect(fresh_database(self)))
        migrate(self.connection)
        self.role = sql.Identifier(f"test '{secrets.token_hex(4)}")
        self.execute("CREATE ROLE {role}")
        self.addCleanup(self.execute, "DROP ROLE {role}")
        self.addCleanup(self.execute, "DROP OWNED BY {role}")

    def execute(self, statement):
        return self.connection.execute(sql.SQL(statement).format(role=self.role))

    def rights(self):
        """Return all rights on views and functions but those that each new one has."""
        return self.connection.execute(
            "SELECT relname, relacl::text FROM pg_class WHERE relkind = 'v' AND relacl IS NOT NULL "
            "AND relnamespace = 'public'::regnamespace UNION ALL "
            "SELECT proname, proacl::text FROM pg_proc WHERE proacl IS NOT NULL "
            "AND pronamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()

    def test_rights_stay(self):
        """Rights on views and functions are as they were, also those given on."""
        self.execute("GRANT SELECT ON crash_rates_by_day TO {role} WITH GRANT OPTION")
        self.execute("GRANT SELECT ON crash_counts_by_build TO PUBLIC")
        self.execute("GRANT EXECUTE ON FUNCTION crash_aggregates_make_partition TO {role}")
        before = self.rights()
        self.assertEqual(
            [name for name, _ in before],
            ["crash_aggregates_make_partition", "crash_counts_by_build", "crash_rates_by_day"],
        )
        migrate(self.connection, ANOTHER_COLUMN)
        self.assertEqual(self.rights(), before)

    def test_not_everybody(self):
        """A function that is not everybody's to call is not after it was made anew either."""
        migrate(self.connection, ANOTHER_COLUMN)
        self.execute("SET ROLE {role}")
        self.addCleanup(self.connection.execute, "RESET ROLE")
        may = self.connection.execute(
            "SELECT has_function_privilege('crash_aggregates_make_partition(date)', 'EXECUTE'), "
            "has_function_privilege('crash_channel(text)', 'EXECUTE')"
        ).fetchall()
        self.assertEqual(may, [(False, True)])

    def test_rights_on_what_is_gone(self):
        """A right on a view that goes is in nobody's way."""
        self.execute("GRANT SELECT ON crash_rates_by_day TO {role}")
        start = OURS.views.index("CREATE VIEW crash_rates_by_day")
        migrate(self.connection, later(views=OURS.views[:start]))
        self.assertEqual([name for name, _ in self.rights()], ["crash_aggregates_make_partition"])
