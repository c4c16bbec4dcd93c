from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.access.locks import changing_day
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.partitions import UNDIVIDED_TABLES
from crash_rate_aggregates.database.schema.vacuum import vacuum_day
from crash_rate_aggregates.errors import DatabaseError, EngineError, LockTimeoutError
from test.database.sample_days import BETA, NIGHTLY, SUBMISSION_DATE, DatabaseTestCase, batch, day

WAITS_SECONDS = 30
"""Far longer than any of these waits takes."""


class FaultTest(DatabaseTestCase):
    def setUp(self):
        super().setUp()
        replace_day(self.connection, day(NIGHTLY))
        self.before = self.stored()

    def assert_old_day(self):
        self.assertEqual(self.stored(), self.before)
        self.assertEqual(self.rows("SELECT count(*) FROM crash_aggregates_runs"), [(1,)])
        self.assertEqual(
            self.rows(
                "SELECT count(*) FROM pg_locks WHERE relation = 'crash_aggregates_locks'::regclass"
            ),
            [(0,)],
        )

    def test_failing_batches(self):
        """An error between two batches passes unchanged and leaves the old day."""

        def batches():
            yield batch([BETA] * 20_000)
            raise EngineError("a worker died")

        with self.assertRaisesRegex(EngineError, "^a worker died$"):
            replace_day(self.connection, day(BETA, batches=batches()))
        self.assert_old_day()
        replace_day(self.connection, day(BETA))
        self.assertEqual(channels(self.connection), ["beta"])

    def test_interrupt_between_batches(self):
        """Ctrl-C between two batches leaves the old day and a usable connection."""

        def batches():
            yield batch([BETA] * 20_000)
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            replace_day(self.connection, day(BETA, batches=batches()))
        self.assert_old_day()

    def test_interrupt_while_waiting(self):
        """Ctrl-C while another run of the day is waited for ends at once, and changes nothing."""
        other = self.connect()

        def interrupt_when_waiting():
            with connect(self.url) as watcher:
                wait_for_lock(watcher, self.connection)
            os.kill(os.getpid(), signal.SIGINT)

        previous = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, previous)
        with changing_day(other, SUBMISSION_DATE):
            thread = threading.Thread(target=interrupt_when_waiting)
            thread.start()
            with self.assertRaises(KeyboardInterrupt):
                replace_day(self.connection, day(BETA))
            thread.join(WAITS_SECONDS)
        self.assert_old_day()

    def test_server_session_dies(self):
        """A session that the server ends in the middle is one sentence, and leaves the old day."""
        dying = self.connect()

        def batches():
            yield batch([BETA] * 20_000)
            self.rows("SELECT pg_terminate_backend(%s, 10000)", dying.info.backend_pid)
            for _ in range(100):
                yield batch([BETA] * 20_000)

        # The driver warns that it could not end the COPY either.
        with self.assertLogs("psycopg"), self.assertRaises(DatabaseError) as caught:
            replace_day(dying, day(BETA, batches=batches()))
        self.assertRegex(str(caught.exception), "^2016-03-14 was not replaced: [^\n]+$")
        self.assert_old_day()

    def test_full_disk(self):
        """A full disk on the server is one sentence with the remedy, and leaves the old day."""
        self.addCleanup(self.connection.execute, "DROP FUNCTION fill_disk CASCADE")
        self.connection.execute(
            "CREATE FUNCTION fill_disk() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE "
            "'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END$$"
        )
        self.connection.execute(
            "CREATE TRIGGER fill_disk AFTER INSERT ON crash_aggregates "
            "FOR EACH ROW EXECUTE FUNCTION fill_disk()"
        )
        with self.assertRaises(DatabaseError) as caught:
            replace_day(self.connection, day(BETA))
        self.assertEqual(
            str(caught.exception),
            "2016-03-14 was not replaced: could not extend file: No space left on device; "
            "free space on PostgreSQL's disk",
        )
        self.assert_old_day()

    def test_lock_timeout(self):
        """A lock that a role's lock_timeout does not wait for is named as such."""
        with connect(self.url) as other, changing_day(other, SUBMISSION_DATE):
            self.rows("SELECT set_config('lock_timeout', '50', false)")
            with self.assertRaises(LockTimeoutError) as caught:
                replace_day(self.connection, day(BETA))
        self.assertEqual(
            str(caught.exception),
            "2016-03-14 was not replaced: canceling statement due to lock timeout; "
            "end the session that holds the lock",
        )
        self.assert_old_day()


class AtOnceTest(DatabaseTestCase):
    def test_last_wins(self):
        """Of two runs of a day at once the second waits, wins, and both are recorded."""
        first, second, watcher = self.connect(), self.connect(), self.connect()
        is_copying, may_end = threading.Event(), threading.Event()

        def slow_batches():
            yield batch([NIGHTLY])
            is_copying.set()
            self.assertTrue(may_end.wait(WAITS_SECONDS))

        with ThreadPoolExecutor(2) as pool:
            slow = pool.submit(replace_day, first, day(NIGHTLY, batches=slow_batches()))
            self.assertTrue(is_copying.wait(WAITS_SECONDS))
            with self.assertLogs("crash_rate_aggregates", "INFO") as logs:
                quick = pool.submit(replace_day, second, day(BETA))
                wait_for_lock(watcher, second)
                may_end.set()
                self.assertEqual(slow.result().aggregates, 1)
                self.assertEqual(quick.result().aggregates, 1)
        self.assertEqual(
            [record.getMessage() for record in logs.records],
            ["waiting for another session that changes 2016-03-14"],
        )
        self.assertGreater(quick.result().run_id, slow.result().run_id)
        self.assertEqual([row[2]["channel"] for row in self.stored()], ["beta"])
        self.assertEqual(
            self.rows("SELECT run_id FROM crash_aggregates_runs ORDER BY 1"),
            [(slow.result().run_id,), (quick.result().run_id,)],
        )
        self.assertEqual(
            self.rows("SELECT run_id FROM crash_aggregates_current_runs"),
            [(quick.result().run_id,)],
        )

    def test_other_days_do_not_wait(self):
        """A run of another day goes through while one is under way."""
        first, second = self.connect(), self.connect()
        stored = []

        def batches():
            yield batch([NIGHTLY])
            other = day(BETA, submission_date=SUBMISSION_DATE.replace(day=15))
            stored.append(replace_day(second, other))

        replace_day(first, day(NIGHTLY, batches=batches()))
        self.assertEqual([one.aggregates for one in stored], [1])

    def test_repeatable_read(self):
        """A reader whose snapshot is older keeps the old day to the end."""
        replace_day(self.connection, day(NIGHTLY))
        reader = self.connect()
        with reader.transaction():
            reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            self.assertEqual(channels(reader), ["nightly"])
            replace_day(self.connection, day(BETA))
            vacuum_day(self.connection, SUBMISSION_DATE)
            self.assertEqual(channels(reader), ["nightly"])
        self.assertEqual(channels(reader), ["beta"])

    def test_read_committed(self):
        """A reader sees the old day or the new one at every moment, never neither or both."""
        replace_day(self.connection, day(NIGHTLY))
        reader = self.connect()
        seen = []

        def batches():
            seen.append(channels(reader))
            yield batch([BETA])
            seen.append(channels(reader))

        replace_day(self.connection, day(BETA, batches=batches()))
        seen.append(channels(reader))
        self.assertEqual(seen, [["nightly"], ["nightly"], ["beta"]])

    def test_many_replacements_under_a_reader(self):
        """Ten replacements under a reader that does not stop reading show it one day each time."""
        replace_day(self.connection, day(NIGHTLY))
        reader, is_over = self.connect(), threading.Event()

        def read():
            seen = set()
            while not is_over.is_set():
                seen.add(tuple(channels(reader)))
            return seen

        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(read)
            try:
                for _ in range(5):
                    replace_day(self.connection, day(BETA))
                    replace_day(self.connection, day(NIGHTLY))
            finally:
                is_over.set()
            self.assertLessEqual(reading.result(), {("nightly",), ("beta",)})


class VacuumTest(DatabaseTestCase):
    def test_after_a_day(self):
        """The replaced rows' room is free and the statistics are fresh."""
        replace_day(self.connection, day(NIGHTLY))
        replace_day(self.connection, day(BETA))
        self.assertIsNone(vacuum_day(self.connection, SUBMISSION_DATE))
        self.assertEqual(
            self.rows("SELECT reltuples FROM pg_class WHERE relname = 'crash_aggregates_2016_03'"),
            [(1.0,)],
        )
        never = self.rows(
            "SELECT relname FROM pg_class WHERE relname = ANY (%s) AND reltuples < 0",
            [*UNDIVIDED_TABLES],
        )
        self.assertEqual(never, [])

    def test_locked_table(self):
        """A lock in the way is not waited for; what was skipped is told."""
        replace_day(self.connection, day(NIGHTLY))
        with connect(self.url) as other, other.transaction():
            other.execute("LOCK TABLE crash_aggregates_2016_03 IN SHARE UPDATE EXCLUSIVE MODE")
            in_the_way = vacuum_day(self.connection, SUBMISSION_DATE)
        self.assertEqual(
            in_the_way, 'skipping vacuum of "crash_aggregates_2016_03" --- lock not available'
        )

    def test_missing_right(self):
        """Without the right to vacuum the day is stored all the same."""
        self.connection.execute("DROP ROLE IF EXISTS vacuum_test_role")
        self.connection.execute("CREATE ROLE vacuum_test_role")
        self.addCleanup(self.connection.execute, "DROP ROLE vacuum_test_role")
        self.addCleanup(self.connection.execute, "RESET ROLE")
        self.connection.execute("SET ROLE vacuum_test_role")
        # PostgreSQL 15 says it in other words than 16 and later.
        self.assertRegex(
            vacuum_day(self.connection, SUBMISSION_DATE) or "",
            "^(permission denied to vacuum|skipping .* owner can vacuum it).*, and [0-9]+ more$",
        )


def channels(connection):
    """Return the channels of all rows of the table."""
    return [
        channel
        for (channel,) in connection.execute(
            "SELECT dimensions ->> 'channel' FROM crash_aggregates"
        )
    ]


def wait_for_lock(watcher, connection):
    """Return once the connection waits for a lock."""
    for _ in range(1_000_000):
        if watcher.execute(
            "SELECT FROM pg_locks WHERE NOT granted AND pid = %s", (connection.info.backend_pid,)
        ).fetchall():
            return
    raise AssertionError("the connection does not wait for a lock")
