"""Somebody has the reader's password and means no good: Redash's users can run any statement."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.attempts import begin_attempt
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.schema.roles import init_roles
from crash_rate_aggregates.database.schema.vacuum import vacuum_day
from crash_rate_aggregates.errors import DatabaseRefusedError
from crash_rate_aggregates.rows import PEOPLE_TABLES, REPLACED_TABLES
from test.database.sample_days import NIGHTLY, SUBMISSION_DATE, day
from test.database.schema.test_roles import PASSWORDS, RolesTestCase

REFUSED = (
    # What fills the disk, or the table of locks.
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT lo_creat(-1)",
    "SELECT lo_create(0)",
    "SELECT lo_import('/etc/hostname')",
    "SELECT lo_export(1, '/tmp/x')",
    "SELECT pg_advisory_lock(number) FROM generate_series(1, 100000) AS number",
    "SELECT pg_try_advisory_xact_lock_shared(1, 2)",
    "CREATE TEMPORARY TABLE other AS SELECT 1",
    "CREATE SCHEMA other",
    "CREATE TABLE other (number integer)",
    "SET temp_file_limit = -1",
    # Files and programs.
    "COPY (SELECT 1) TO '/tmp/x'",
    "COPY (SELECT 1) TO PROGRAM 'cat > /tmp/x'",
    "DO $$BEGIN COPY (SELECT 1) TO PROGRAM 'cat > /tmp/x'; END$$",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    # The server and its settings.
    "SELECT pg_reload_conf()",
    "SELECT pg_switch_wal()",
    "SET session_replication_role = replica",
    # Other roles, and more than its own.
    "ALTER ROLE {reader} CONNECTION LIMIT -1",
    "ALTER ROLE {reader} SUPERUSER",
    "ALTER ROLE {writer} PASSWORD 'x'",
    "ALTER ROLE {writer} SET search_path = pg_temp",
    "GRANT {writer} TO {reader}",
    "GRANT pg_read_server_files TO {reader}",
    "SET ROLE {owner}",
    "SET SESSION AUTHORIZATION {writer}",
    "REASSIGN OWNED BY {owner} TO {reader}",
    "SELECT pg_terminate_backend({pid})",
    "SELECT pg_cancel_backend({pid})",
    # Tables of the job.
    "LOCK TABLE crash_aggregates IN ROW SHARE MODE",
    "LOCK TABLE crash_aggregates_locks IN ROW EXCLUSIVE MODE",
    "SELECT FROM crash_aggregates_locks FOR KEY SHARE",
    "SELECT crash_aggregates_make_partition('2199-01-01')",
    "SELECT nextval('crash_aggregates_runs_run_id_seq')",
    "CREATE TRIGGER other BEFORE DELETE ON crash_aggregates EXECUTE FUNCTION suppress_updates()",
    "CREATE RULE other AS ON DELETE TO crash_aggregates DO INSTEAD NOTHING",
    "CREATE PUBLICATION other FOR TABLE crash_aggregates",
)


class HostileReaderTest(RolesTestCase):
    def tearDown(self):
        with connect(self.url) as connection:
            init_roles(connection, self.roles, PASSWORDS, reader_timeout="300ms")

    def unbound_reader(self):
        """Return a session of the reader that has put off all that a session can put off."""
        reader = self.as_role("reader")
        for setting in (
            "default_transaction_read_only = off",
            "statement_timeout = 0",
            "idle_in_transaction_session_timeout = 0",
            "lock_timeout = 0",
        ):
            reader.execute(f"SET {setting}".encode())
        return reader

    def assert_job_goes_on(self):
        """Do what a run does; the clock only holds that nothing was waited for."""
        began = time.monotonic()
        writer = self.as_role("writer")
        writer.execute("SET lock_timeout = '2s'")
        begin_attempt(writer, SUBMISSION_DATE, datetime.now(UTC), "1")
        ensure_partition(writer, SUBMISSION_DATE)
        self.assertEqual(replace_day(writer, day(NIGHTLY)).aggregates, 1)
        vacuum_day(writer, SUBMISSION_DATE)
        self.assertLess(time.monotonic() - began, 10)

    def test_refused(self):
        """Nothing beyond reading is allowed, with everything put off that can be put off."""
        writer, reader = self.as_role("writer"), self.unbound_reader()
        names = {
            "pid": sql.Literal(writer.info.backend_pid),
            **{
                kind: sql.Identifier(getattr(self.roles, kind))
                for kind in ("owner", "writer", "reader")
            },
        }
        for statement in REFUSED:
            with (
                self.subTest(statement=statement),
                self.assertRaises(psycopg.errors.InsufficientPrivilege),
                reader.transaction(),
            ):
                reader.execute(sql.SQL(statement).format(**names))
        self.assert_job_goes_on()

    def test_connections(self):
        """Sessions that do nothing leave three quarters of all connections to the others."""
        with connect(self.url) as connection:
            (limit, connections), *_ = connection.execute(
                "SELECT rolconnlimit, current_setting('max_connections')::integer FROM pg_roles "
                "WHERE rolname = %s",
                [self.roles.reader],
            ).fetchall()
        self.assertLessEqual(4 * limit, connections)
        for _ in range(limit):
            self.as_role("reader")
        with self.assertRaisesRegex(DatabaseRefusedError, "too many connections for role"):
            self.as_role("reader")
        self.assert_job_goes_on()

    def test_locks_and_snapshots(self):
        """Open transactions with every lock that the reader gets keep the job from nothing."""
        holding = []
        readable = [table for table in REPLACED_TABLES if table not in PEOPLE_TABLES]
        for level in ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"):
            reader = self.unbound_reader()
            reader.execute(f"BEGIN ISOLATION LEVEL {level}".encode())
            for table in ("crash_aggregates_locks", *readable):
                reader.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(sql.SQL(table)))
            reader.execute("SELECT count(*) FROM crash_aggregates")
            reader.execute("LISTEN other")
            holding.append(reader)
        self.assert_job_goes_on()
        writer = self.as_role("writer")
        writer.execute("SET lock_timeout = '2s'")
        ensure_partition(writer, date(2016, 9, 1))
        self.assertEqual(len(holding), 3)

    def test_its_own_role(self):
        """What the reader changes about itself locks readers out, not the job, until `init`."""
        reader = self.unbound_reader()
        names = {"reader": sql.Identifier(self.roles.reader)}
        names["database"] = sql.Identifier(reader.info.dbname)
        for statement in (
            "ALTER ROLE {reader} PASSWORD 'known to nobody'",
            "ALTER ROLE {reader} SET search_path = pg_temp",
            "ALTER ROLE {reader} SET work_mem = '10GB'",
            "ALTER ROLE {reader} IN DATABASE {database} SET search_path = pg_temp",
            "ALTER ROLE {reader} IN DATABASE {database} SET default_transaction_read_only = off",
            "ALTER ROLE {reader} IN DATABASE {database} SET statement_timeout = 0",
        ):
            reader.execute(sql.SQL(statement).format(**names))
        with self.assertRaisesRegex(DatabaseRefusedError, "authentication failed"):
            self.as_role("reader")
        self.assert_job_goes_on()
        with connect(self.url) as connection:
            init_roles(connection, self.roles, PASSWORDS, reader_timeout="300ms")
        again = self.as_role("reader")
        shown = [
            again.execute(f"SHOW {setting}".encode()).fetchall()[0][0]
            for setting in ("search_path", "default_transaction_read_only", "statement_timeout")
        ]
        self.assertEqual(shown, ["public", "on", "300ms"])
        self.assertNotEqual(again.execute("SHOW work_mem").fetchall(), [("10GB",)])
