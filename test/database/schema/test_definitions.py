from __future__ import annotations

import secrets
import unittest

from psycopg import sql

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.schema.definitions import filled
from crash_rate_aggregates.database.schema.migrate import DEFINITIONS, migrate
from crash_rate_aggregates.errors import DatabaseError
from crash_rate_aggregates.stats import Stat
from test.database.schema.later_versions import SHORT_OTHERWISE, WITH_SHORT, later
from test.servers import fresh_database


class SlotsTest(unittest.TestCase):
    def test_slots(self):
        """Stats and what rates are made of stand in the slots; other braces stay as they are."""
        stats = (Stat("a", "x", "", kind="d"), Stat("b c", "x", ""))
        self.assertEqual(
            filled("SELECT {stats}, {headlines}, '{}', '[0-9]{1,2}' {schema}", stats),
            """SELECT "a", "b c", 'main', 'content', 'main_and_content_minus_shutdown', """
            "'{}', '[0-9]{1,2}' {schema}",
        )
        self.assertIn("sum(a::double precision) AS a", filled("{sums}", stats))


class DefinitionsTest(unittest.TestCase):
    def setUp(self):
        self.url = fresh_database(self)
        self.connection = self.enterContext(connect(self.url))
        migrate(self.connection, WITH_SHORT)

    def rows(self, query):
        return self.connection.execute(query).fetchall()

    def test_changed_definitions(self):
        """A view that loses a column and a function of another type are made anew, once."""
        self.assertEqual(self.rows("SELECT * FROM crash_shortest"), [(1, 0.5)])
        self.assertEqual(migrate(self.connection, SHORT_OTHERWISE), [DEFINITIONS])
        self.assertEqual(self.rows("SELECT * FROM crash_shortest"), [("half",)])
        comment = self.rows("SELECT obj_description('crash_shortest'::regclass, 'pg_class')")
        self.assertEqual(comment, [("Two.",)])
        self.assertEqual(migrate(self.connection, SHORT_OTHERWISE), [])

    def test_removed_ones(self):
        """What a version does not define any more goes, and what is not ours stays."""
        self.connection.execute(
            "CREATE VIEW crash_of_mine AS SELECT count(*) FROM crash_aggregates"
        )
        self.connection.execute("CREATE FUNCTION crash_own() RETURNS integer RETURN 7")
        migrate(self.connection, later(2))
        self.assertEqual(
            self.rows(
                "SELECT to_regclass('crash_shortest'), to_regprocedure('crash_short()'), "
                "crash_own(), count FROM crash_of_mine"
            ),
            [(None, None, 7, 0)],
        )

    def test_dropped_by_hand(self):
        """A view or function that somebody has dropped is there again, and in nobody's way."""
        self.connection.execute("DROP VIEW crash_shortest")
        self.connection.execute("DROP FUNCTION crash_short")
        migrate(self.connection, SHORT_OTHERWISE)
        self.assertEqual(self.rows("SELECT * FROM crash_shortest"), [("half",)])

    def test_somebody_elses_view(self):
        """A view of somebody else on one of ours is named with what to do, and nothing changes."""
        self.connection.execute("CREATE VIEW weekly AS SELECT * FROM crash_shortest")
        with self.assertRaises(DatabaseError) as caught:
            migrate(self.connection, SHORT_OTHERWISE)
        self.assertEqual(
            str(caught.exception),
            "view weekly depends on view crash_shortest, which this version of the program "
            "defines anew: drop what depends on it, run this again, then make that anew",
        )
        self.assertEqual(self.rows("SELECT * FROM weekly"), [(1, 0.5)])
        self.assertEqual(migrate(self.connection, WITH_SHORT), [])
        self.connection.execute("DROP VIEW weekly")
        self.assertEqual(migrate(self.connection, SHORT_OTHERWISE), [DEFINITIONS])

    def test_more_than_one_in_the_way(self):
        """Of several views in the way the first is named, and the number of the others."""
        self.connection.execute("CREATE VIEW weekly AS SELECT * FROM crash_shortest")
        self.connection.execute("CREATE VIEW monthly AS SELECT * FROM weekly")
        with self.assertRaisesRegex(
            DatabaseError, r"^view \w+ depends on view \w+ \(and 1 more\), which this version"
        ):
            migrate(self.connection, SHORT_OTHERWISE)

    def test_somebody_elses_column(self):
        """What stands on one of our functions is named likewise."""
        self.connection.execute("CREATE TABLE mine (rate float8 DEFAULT crash_short())")
        with self.assertRaisesRegex(
            DatabaseError,
            r"^default value for column rate of table mine depends on function crash_short\(\), "
            "which this version of the program defines anew: ",
        ):
            migrate(self.connection, SHORT_OTHERWISE)
        self.assertEqual(self.rows("SELECT * FROM crash_shortest"), [(1, 0.5)])


class GrantsTest(unittest.TestCase):
    """Who may what stays when views and functions are made anew."""

    def setUp(self):
        self.connection = self.enterContext(connect(fresh_database(self)))
        migrate(self.connection, WITH_SHORT)
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
        self.execute("GRANT SELECT ON crash_shortest TO {role} WITH GRANT OPTION")
        self.execute("GRANT SELECT ON crash_rates_by_day TO PUBLIC")
        self.execute("GRANT EXECUTE ON FUNCTION crash_aggregates_make_partition TO {role}")
        before = self.rights()
        self.assertEqual(
            [name for name, _ in before],
            ["crash_aggregates_make_partition", "crash_rates_by_day", "crash_shortest"],
        )
        migrate(self.connection, SHORT_OTHERWISE)
        self.assertEqual(self.rights(), before)

    def test_not_everybody(self):
        """A function that is not everybody's to call is not after it was made anew either."""
        migrate(self.connection, SHORT_OTHERWISE)
        self.execute("SET ROLE {role}")
        self.addCleanup(self.connection.execute, "RESET ROLE")
        may = self.connection.execute(
            "SELECT has_function_privilege('crash_aggregates_make_partition(date)', 'EXECUTE'), "
            "has_function_privilege('crash_short()', 'EXECUTE')"
        ).fetchall()
        self.assertEqual(may, [(False, True)])

    def test_rights_on_what_is_gone(self):
        """A right on a view that goes is in nobody's way."""
        self.execute("GRANT SELECT ON crash_shortest TO {role}")
        migrate(self.connection, later(2))
        self.assertEqual([name for name, _ in self.rights()], ["crash_aggregates_make_partition"])
