from __future__ import annotations

import secrets
import unittest
from datetime import date
from threading import Thread
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from tenacity import retry, stop_after_delay, wait_fixed

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.runs import RUN_TABLES
from crash_rate_aggregates.database.schema.migrate import DEFINITIONS, migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.schema.retention import drop_month, stored_months
from crash_rate_aggregates.database.schema.roles import Roles, init_roles, named_roles
from crash_rate_aggregates.database.schema.vacuum import vacuum_day
from crash_rate_aggregates.errors import DatabaseError
from crash_rate_aggregates.questions.rates import crash_rates
from crash_rate_aggregates.questions.stored_ledger import stored_ledger
from crash_rate_aggregates.rows import PEOPLE_TABLES, REPLACED_TABLES
from test.database.sample_days import BETA, NIGHTLY, SUBMISSION_DATE, day
from test.database.schema.later_versions import ALL, SHORT_OTHERWISE, WITH_SHORT, later_with
from test.servers import fresh_database

PASSWORDS = {"owner": "o'wner \\ %s", "writer": "wri-ter", "reader": "ré:ad@er/"}


class RolesTestCase(unittest.TestCase):
    """Has a database with the three roles."""

    url: str
    roles: Roles

    @classmethod
    def setUpClass(cls):
        cls.url = fresh_database(cls)
        cls.roles = named_roles(f"test_{secrets.token_hex(4)}")
        with connect(cls.url) as connection:
            init_roles(connection, cls.roles, PASSWORDS, reader_timeout="300ms")
        cls.addClassCleanup(drop_roles, cls.url, cls.roles)

    def as_role(self, kind):
        """Return a connection as one of the roles, with its password over TCP."""
        connection = connect(self.role_url(kind))
        self.addCleanup(connection.close)
        return connection

    def role_url(self, kind):
        given = urlsplit(self.url)
        user = psycopg.conninfo.make_conninfo(
            "",
            host=given.hostname,
            port=given.port or 5432,
            dbname=given.path[1:],
            user=getattr(self.roles, kind),
            password=PASSWORDS[kind],
        )
        return str(user)

    def assert_refused(self, kind, statements):
        for statement in statements:
            # One after the other: the server has not so many connections as there are statements.
            with (
                self.subTest(role=kind, statement=statement),
                connect(self.role_url(kind)) as connection,
            ):
                connection.execute("SET default_transaction_read_only = off")
                with self.assertRaises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement)


def drop_roles(url, roles):
    """Drop what init_roles made outside the database too."""
    with connect(url) as connection:
        for role in (roles.owner, roles.writer, roles.reader):
            connection.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(sql.Identifier(role)))
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


NOBODYS_BUT_THE_OWNERS = (
    "DROP TABLE crash_aggregates",
    "TRUNCATE crash_aggregates",
    "ALTER TABLE crash_aggregates ADD COLUMN other text",
    "ALTER TABLE crash_aggregates OWNER TO CURRENT_USER",
    "CREATE INDEX ON crash_aggregates (activity_date)",
    "CREATE TABLE other (number integer)",
    "CREATE TEMP TABLE other (number integer)",
    "CREATE FUNCTION other() RETURNS integer RETURN 1",
    "CREATE VIEW other AS SELECT 1",
    "CREATE SCHEMA other",
    "DROP FUNCTION crash_min_usage_hours()",
    "ALTER FUNCTION crash_min_usage_hours() RENAME TO crash_hours",
    "UPDATE crash_aggregates SET main_crashes = 0",
    "UPDATE crash_aggregates_runs SET pings_read = 0",
    "DELETE FROM crash_aggregates_runs",
    "DELETE FROM crash_aggregates_ledger",
    "INSERT INTO crash_aggregates_migrations VALUES (99, 'x', now(), 'x')",
    "DELETE FROM crash_aggregates_migrations",
    "UPDATE crash_aggregates_definitions SET number = 0",
    "DELETE FROM crash_aggregates_definitions",
    "CREATE ROLE other",
    "CREATE DATABASE other",
    "COPY crash_aggregates TO '/tmp/crash_aggregates'",
    "COPY crash_aggregates_runs TO PROGRAM 'cat'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT rolpassword FROM pg_authid",
)


class WriterTest(RolesTestCase):
    def test_runs_the_job(self):
        """The writer migrates nothing, makes the month's partition and replaces the day, twice."""
        writer = self.as_role("writer")
        self.assertEqual(migrate(writer), [])
        ensure_partition(writer, SUBMISSION_DATE)
        self.assertEqual(replace_day(writer, day(NIGHTLY)).aggregates, 1)
        self.assertEqual(replace_day(writer, day(BETA, damaged_files=[("f", "cut")])).aggregates, 1)
        if writer.info.server_version >= 170000:
            self.assertIsNone(vacuum_day(writer, SUBMISSION_DATE))
        else:
            self.assertRegex(vacuum_day(writer, SUBMISSION_DATE) or "", r", and \d+ more$")

    def test_partition_is_the_owners(self):
        """A partition that the writer makes belongs to the owner, and the writer cannot drop it."""
        ensure_partition(self.as_role("writer"), date(2016, 5, 1))
        owner = self.as_role("owner")
        row = owner.execute(
            "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = "
            "'crash_aggregates_2016_05'"
        ).fetchone()
        self.assertEqual(row, (self.roles.owner,))
        self.assert_refused("writer", ["DROP TABLE crash_aggregates_2016_05"])

    def test_must_not(self):
        """The writer changes no definition and no recorded run, and does not leave the database."""
        self.assert_refused("writer", NOBODYS_BUT_THE_OWNERS)
        self.assert_refused("writer", [f'SET ROLE "{self.roles.owner}"'])

    def test_function_of_the_owner(self):
        """The owner's function makes partitions of submission dates and obeys no search_path."""
        writer = self.as_role("writer")
        for day_text in ("1999-12-31", "2200-01-01", "infinity"):
            with self.assertRaisesRegex(psycopg.Error, "is no submission date from 2000 to 2199"):
                writer.execute("SELECT crash_aggregates_make_partition(%s)", (day_text,))
        row = writer.execute(
            "SELECT prosecdef, proconfig FROM pg_proc WHERE proname = "
            "'crash_aggregates_make_partition'"
        ).fetchone()
        self.assertEqual(row, (True, ["search_path=pg_catalog, public, pg_temp"]))


class ReaderTest(RolesTestCase):
    def setUp(self):
        writer = self.as_role("writer")
        ensure_partition(writer, SUBMISSION_DATE)
        replace_day(writer, day(NIGHTLY))

    def test_reads(self):
        """The reader asks for rates, ledgers, summaries and views, all but exact people."""
        reader = self.as_role("reader")
        self.assertEqual(migrate(reader), [])
        self.assertEqual(crash_rates(reader)[0].usage_hours, 2.0)
        self.assertEqual(stored_ledger(reader).run.submission_date, SUBMISSION_DATE)
        relations = reader.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind IN ('r', 'p', 'v')"
        ).fetchall()
        self.assertGreater(len(relations), 15)
        for (relation,) in relations:
            if relation in PEOPLE_TABLES:
                continue
            reader.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(sql.Identifier(relation)))

    def test_must_not(self):
        """The reader changes nothing, also with its read-only transactions turned off."""
        tables = (*REPLACED_TABLES, *RUN_TABLES)
        self.assert_refused("reader", NOBODYS_BUT_THE_OWNERS)
        self.assert_refused("reader", [f"DELETE FROM {table}" for table in tables])
        self.assert_refused("reader", [f"SELECT FROM {table}" for table in PEOPLE_TABLES])
        self.assert_refused("reader", ["UPDATE crash_people SET min_clients = 1"])
        learned = ("crash_release_builds", "crash_releases")
        self.assert_refused("reader", [f"DELETE FROM {table}" for table in learned])
        self.assert_refused("reader", [f"INSERT INTO {table} DEFAULT VALUES" for table in tables])
        self.assert_refused("reader", ["SELECT crash_aggregates_make_partition('2016-03-14')"])
        for role in (self.roles.owner, self.roles.writer):
            self.assert_refused("reader", [f'SET ROLE "{role}"'])

    def test_must_not_lock(self):
        """The reader cannot keep the writer from a day."""
        row = "SELECT FROM crash_aggregates_locks FOR KEY SHARE"
        table = "BEGIN; LOCK TABLE crash_aggregates_locks IN ROW EXCLUSIVE MODE"
        self.assert_refused("reader", [row, table])

    def test_read_only(self):
        """The reader's transactions are read-only unless it turns that off."""
        with self.assertRaisesRegex(psycopg.Error, "read-only transaction"):
            self.as_role("reader").execute("CREATE TABLE other (number integer)")

    def test_statements_end(self):
        """A reader's statement that takes too long is ended, others' are not."""
        reader, writer = self.as_role("reader"), self.as_role("writer")
        with self.assertRaisesRegex(psycopg.Error, "statement timeout"):
            reader.execute("SELECT pg_sleep(30)")
        row = writer.execute("SHOW statement_timeout").fetchone()
        self.assertEqual(row, ("0",))

    def test_reader_of_partitions(self):
        """The reader reads partitions that are made after the roles were."""
        ensure_partition(self.as_role("writer"), date(2016, 8, 1))
        self.as_role("reader").execute("SELECT * FROM crash_aggregates_2016_08")


class OwnerTest(RolesTestCase):
    def test_owns_everything(self):
        """All tables, views and functions are the owner's."""
        strangers = self.as_role("owner").execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relowner <> CURRENT_USER::regrole UNION ALL SELECT proname FROM pg_proc "
            "WHERE pronamespace = 'public'::regnamespace AND proowner <> CURRENT_USER::regrole"
        )
        self.assertEqual(strangers.fetchall(), [])

    def test_drops_months(self):
        """The owner drops months; the writer and the reader cannot."""
        ensure_partition(self.as_role("writer"), date(2016, 1, 1))
        month = stored_months(self.as_role("reader"))[0]
        for kind in ("writer", "reader"):
            with self.assertRaisesRegex(
                DatabaseError, "was not dropped: (permission denied|cannot)"
            ):
                drop_month(self.as_role(kind), month)
        drop_month(self.as_role("owner"), month)
        self.assertNotIn(
            month.partition, [m.partition for m in stored_months(self.as_role("owner"))]
        )

    def test_must_not(self):
        """The owner makes no roles and no databases, and reads no files."""
        self.assert_refused(
            "owner",
            ["CREATE ROLE other", "CREATE DATABASE other", "SELECT pg_read_file('PG_VERSION')"],
        )


class NewVersionTest(RolesTestCase):
    """Views and functions are made anew by a version that comes after the roles."""

    def assert_rights(self):
        writer, reader, owner = (self.as_role(kind) for kind in ("writer", "reader", "owner"))
        strangers = owner.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relowner <> CURRENT_USER::regrole UNION ALL SELECT proname FROM pg_proc "
            "WHERE pronamespace = 'public'::regnamespace AND proowner <> CURRENT_USER::regrole"
        )
        self.assertEqual(strangers.fetchall(), [])
        writer.execute("SELECT crash_aggregates_make_partition('2016-03-14')")
        owner.execute("DROP TABLE crash_aggregates_2016_03")
        views = owner.execute("SELECT unnest(views) FROM crash_aggregates_definitions").fetchall()
        self.assertGreater(len(views), 8)
        for (view,) in views:
            for role in (writer, reader):
                role.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(sql.Identifier(view)))
        self.assert_refused("reader", ["SELECT crash_aggregates_make_partition('2016-03-14')"])
        self.assert_refused("writer", ["DROP VIEW crash_rates_by_day"])

    def test_owner_and_rights_stay(self):
        """Whoever starts it, all is the owner's, and the other two may what they might before."""
        admin = self.enterContext(connect(self.url))
        for connection, wanted in (
            (admin, WITH_SHORT),
            (self.as_role("owner"), SHORT_OTHERWISE),
        ):
            self.assertEqual(migrate(connection, wanted), [DEFINITIONS])
            self.assert_rights()
        self.assertEqual(admin.execute("SELECT current_user = session_user").fetchone(), (True,))

    def test_only_by_the_owner(self):
        """The writer and the reader define nothing anew, and are told who may."""
        newest = later_with(3, views="CREATE VIEW crash_third AS SELECT 3 AS three;")
        for kind, reason in (
            ("writer", r"must be owner of view \w+"),
            ("reader", r"cannot execute SELECT FOR UPDATE in a read-only transaction"),
        ):
            with self.assertRaisesRegex(
                DatabaseError,
                f"^the tables could not be brought up to date: {reason}; the owner of the tables "
                "may, or `database init`$",
            ):
                migrate(self.as_role(kind), newest)
        self.assert_rights()


class InitTest(unittest.TestCase):
    def setUp(self):
        self.url = fresh_database(self)
        self.connection = self.enterContext(connect(self.url))
        self.roles = named_roles(f"test_{secrets.token_hex(4)}")
        self.addCleanup(drop_roles, self.url, self.roles)

    def test_again(self):
        """A second time changes nothing but what is asked for, and says so."""
        self.assertEqual(init_roles(self.connection, self.roles, {}), ALL)
        logins = "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE %s ORDER BY 1"
        prefix = (self.roles.owner.removesuffix("owner") + "%",)
        self.assertEqual(
            [can for _, can in self.connection.execute(logins, prefix)], [False, False, False]
        )
        self.assertEqual(init_roles(self.connection, self.roles, {"reader": "secret"}), [])
        self.assertEqual(
            [can for _, can in self.connection.execute(logins, prefix)], [False, True, False]
        )
        self.assertEqual(init_roles(self.connection, self.roles, {}), [])

    def test_changed_definitions(self):
        """Views and functions that differ are made anew as the owner's."""
        init_roles(self.connection, self.roles, {})
        self.connection.execute("UPDATE crash_aggregates_definitions SET sha256 = 'of another one'")
        self.assertEqual(init_roles(self.connection, self.roles, {}), [DEFINITIONS])
        owners = self.connection.execute(
            "SELECT DISTINCT pg_get_userbyid(proowner) FROM pg_proc "
            "WHERE pronamespace = 'public'::regnamespace"
        ).fetchall()
        self.assertEqual(owners, [(self.roles.owner,)])

    def test_tables_that_are_there(self):
        """Tables, partitions and rows of a time before the roles become the owner's."""
        migrate(self.connection)
        ensure_partition(self.connection, SUBMISSION_DATE)
        replace_day(self.connection, day(NIGHTLY))
        self.assertEqual(init_roles(self.connection, self.roles, {}), [])
        owners = self.connection.execute(
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace"
        ).fetchall()
        self.assertEqual(owners, [(self.roles.owner,)])
        self.assertEqual(crash_rates(self.connection)[0].usage_hours, 2.0)

    def test_password_is_not_sent(self):
        """The server is given a verifier of SCRAM, from which the password cannot be read."""
        init_roles(self.connection, self.roles, {"reader": "secret-of-the-reader"})
        row = self.connection.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", (self.roles.reader,)
        ).fetchone()
        assert row is not None
        self.assertRegex(row[0], r"^SCRAM-SHA-256\$")
        self.assertNotIn("secret", row[0])

    def test_all_or_nothing(self):
        """Where a role may not do it, nothing is done, and one sentence says why."""
        writer = self.roles.writer
        init_roles(self.connection, self.roles, {})
        other = named_roles(f"test_{secrets.token_hex(4)}")
        self.connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(writer)))
        with self.assertRaisesRegex(
            DatabaseError, "^the roles could not be made: permission denied"
        ):
            init_roles(self.connection, other, {})
        self.connection.execute("RESET ROLE")
        made = self.connection.execute(
            "SELECT FROM pg_roles WHERE rolname = %s", (other.owner,)
        ).fetchall()
        self.assertEqual(made, [])

    def test_gives_way_as_a_whole(self):
        """Waiting for one lock it keeps no other for long: all of it is tried again."""
        init_roles(self.connection, self.roles, {})
        self.connection.execute("UPDATE crash_aggregates_definitions SET sha256 = 'of another one'")
        self.connection.execute("ALTER TABLE crash_aggregates_runs OWNER TO CURRENT_USER")
        initiator = self.enterContext(connect(self.url))
        initiating = Thread(target=init_roles, args=(initiator, self.roles, {}))
        other = self.enterContext(connect(self.url))
        with other.transaction():
            # A view that is to be made anew, after the table got its owner again.
            other.execute("LOCK TABLE ONLY crash_counts_by_channel IN ACCESS SHARE MODE")
            initiating.start()
            self.assert_waits(initiator)
            self.connection.execute("SET lock_timeout = '10s'")
            self.connection.execute("SELECT count(*) FROM crash_aggregates_runs")
        initiating.join(60)
        owner = self.connection.execute(
            "SELECT tableowner FROM pg_tables WHERE tablename = 'crash_aggregates_runs'"
        )
        self.assertEqual(owner.fetchall(), [(self.roles.owner,)])

    @retry(stop=stop_after_delay(20), wait=wait_fixed(0.01), reraise=True)
    def assert_waits(self, connection):
        """Wait until that session waits for a lock."""
        row = self.connection.execute(
            "SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s",
            [connection.info.backend_pid],
        ).fetchone()
        self.assertEqual(row, ("Lock",))

    def test_without_a_superuser(self):
        """Who owns the database and may create roles can do it, and is told what stays open."""
        admin = sql.Identifier(f"{self.roles.owner}_maker")
        names = {"admin": admin, "database": sql.Identifier(self.connection.info.dbname)}
        for statement in (
            "CREATE ROLE {admin} LOGIN CREATEROLE PASSWORD 'x'",
            "ALTER DATABASE {database} OWNER TO {admin}",
        ):
            self.connection.execute(sql.SQL(statement).format(**names))
        self.addCleanup(self.drop_admin, names)
        given = urlsplit(self.url)
        place = f"{self.roles.owner}_maker:x@{given.hostname}:{given.port}"
        url = urlunsplit(given._replace(netloc=place))
        with (
            connect(url) as connection,
            self.assertLogs("crash_rate_aggregates", "WARNING") as logs,
        ):
            init_roles(connection, self.roles, {"reader": "x"})
            self.assertEqual(init_roles(connection, self.roles, {}), [])
        self.assertRegex(logs.output[0], f"{self.roles.reader} may still make large objects")

    def drop_admin(self, names):
        with connect(self.url) as connection:
            for statement in (
                "ALTER DATABASE {database} OWNER TO CURRENT_USER",
                "DROP OWNED BY {admin} CASCADE",
                "DROP ROLE {admin}",
            ):
                connection.execute(sql.SQL(statement).format(**names))

    def test_strangers_stay_out(self):
        """A role that is none of the three cannot connect any more."""
        init_roles(self.connection, self.roles, {})
        stranger = f"test_{secrets.token_hex(4)}"
        name = sql.Identifier(stranger)
        self.connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(name))
        self.addCleanup(self.connection.execute, sql.SQL("DROP ROLE {}").format(name))
        given = urlsplit(self.url)
        place = f"{stranger}:x@{given.hostname}:{given.port}"
        with self.assertRaisesRegex(DatabaseError, "permission denied for database"):
            connect(urlunsplit(given._replace(netloc=place)))
