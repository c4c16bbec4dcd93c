from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from unittest import mock

import psutil
import psycopg

from crash_rate_aggregates.database.server import ending
from crash_rate_aggregates.database.server.ending import lets_in
from crash_rate_aggregates.database.server.ports import draw_port
from crash_rate_aggregates.database.server.postmaster import processes_in, running_server
from crash_rate_aggregates.errors import EmbeddedServerError
from test.database.server.homes import (
    HomeTestCase,
    left_over_in,
    value_of,
    wait_until,
    wait_until_at_work,
)

# How far the server has come with the death of its process when the last client leaves.
SECONDS_AFTER_A_KILL = (0.0, 0.02, 0.05, 0.1, 0.2)


class KilledBackendTest(HomeTestCase):
    def _kill_backend(self, url: str) -> None:
        """Kill a session of the server, as the kernel does when memory runs out."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            # The session is over when its process is, not when it was told to be.
            with self.assertRaises(psycopg.OperationalError):
                connection.execute("SELECT pg_sleep(60)")

    def test_server_ends_and_comes_back(self):
        """A killed backend leaves a server that ends with its last client, and starts again."""
        for seconds in SECONDS_AFTER_A_KILL:
            with self.subTest(seconds=seconds):
                with self.server.running() as url:
                    self._kill_backend(url)
                    time.sleep(
                        seconds
                    )  # That moment is what is tested; no state can be waited for.
                began = time.monotonic()
                with self.server.running() as url:
                    self.assertEqual(value_of(url, "SELECT answer FROM kept"), 42)
                self.assertLess(time.monotonic() - began, 15)
        self.assertEqual(left_over_in(self.home), set())

    def test_next_command_waits_for_recovery(self):
        """While a server that is kept recovers, a command waits, and the server stays the same."""
        url = self.server.start()
        pid = self.postmaster()
        self._kill_backend(url)
        with self.server.running() as url:
            self.assertEqual(value_of(url, "SELECT answer FROM kept"), 42)
        self.assertEqual(self.postmaster(), pid)

    def test_stop_while_it_recovers(self):
        """A server that recovers is stopped when it is said to be."""
        for seconds in SECONDS_AFTER_A_KILL:
            with self.subTest(seconds=seconds):
                self._kill_backend(self.server.start())
                time.sleep(seconds)  # As above.
                self.assertTrue(self.server.stop())
                self.assertIsNone(running_server(self.files.data))
                self.assertEqual(left_over_in(self.home), set())

    def test_told_to_end_while_it_recovers(self):
        """A server that was told to end while it recovers, and then never does, starts anew."""
        url = self.server.start()
        for number, seconds in ((signal.SIGTERM, 0.05), (signal.SIGINT, 0.1)):
            with self.subTest(number=number):
                self._kill_backend(url)
                time.sleep(seconds)  # As above.
                with suppress(ProcessLookupError):
                    os.kill(self.postmaster(), number)
                began = time.monotonic()
                with self.server.running() as url:
                    self.assertEqual(value_of(url, "SELECT answer FROM kept"), 42)
                self.assertLess(time.monotonic() - began, 15)


# A client at work that says which process works for it.
BUSY = """
import sys, psycopg
connection = psycopg.connect(sys.argv[1])
print(connection.info.backend_pid, flush=True)
connection.execute("SELECT count(*) FROM generate_series(1, 1e12)")
"""


class StopTest(HomeTestCase):
    def test_server_that_does_not_answer(self):
        """A server that is held is stopped by force, with its processes, and loses nothing."""
        with psycopg.connect(self.server.start()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
        os.kill(self.postmaster(), signal.SIGSTOP)
        stages = [(number, 0.3) for number, _ in ending._STAGES[:-1]]
        with (
            mock.patch.object(ending, "_STAGES", (*stages, ending._STAGES[-1])),
            mock.patch.object(ending, "_ANSWER_SECONDS", 0.3),
        ):
            self.assertTrue(self.server.stop())
        self.assertEqual(left_over_in(self.home), set())
        with self.server.running() as url:
            self.assertEqual(value_of(url, "SELECT answer FROM kept"), 42)

    def test_what_does_not_end_is_not_called_stopped(self):
        """A server that outlives everything is an error that names its process."""
        # A client keeps the watcher from ending it meanwhile; no signal here harms a server.
        with self.server.running():
            pid = self.postmaster()
            with (
                mock.patch.object(ending, "_STAGES", [(signal.SIGCONT, 0.2)] * 2),
                self.assertRaisesRegex(EmbeddedServerError, f"process {pid} of .* did not end"),
            ):
                self.server.stop()
            self.assertEqual(self.postmaster(), pid)

    def test_stopping_by_a_signal(self):
        """A server that somebody told to wait for its sessions, and then to end, starts anew."""
        with psycopg.connect(self.server.start()):
            pid = self.postmaster()
            os.kill(pid, signal.SIGTERM)
            with self.server.running() as url:
                self.assertEqual(value_of(url, "SELECT 1"), 1)
            self.assertNotEqual(self.postmaster(), pid)

    def test_orphans_are_ended(self):
        """What a killed server leaves behind, at work for nobody, is ended by `stop`."""
        url = self.server.start()
        worker = self.worker(url)
        watcher, server = self.watcher(), self.postmaster()
        # Nobody looks after the server from here on.
        os.kill(watcher, signal.SIGSTOP)
        os.kill(server, signal.SIGKILL)
        os.kill(watcher, signal.SIGKILL)
        self.assertIn(worker.pid, processes_in(self.files.data))
        self.assertTrue(self.server.stop())
        self.assertEqual(processes_in(self.files.data), set())

    def test_statement_of_a_killed_client_ends(self):
        """In a server that others use, a statement ends when its client was killed."""
        self.server.start()
        client, url = self.client()
        busy = subprocess.Popen([sys.executable, "-c", BUSY, url], stdout=subprocess.PIPE)
        assert busy.stdout is not None
        worker = psutil.Process(int(busy.stdout.readline()))
        wait_until_at_work(url, worker.pid)
        busy.kill()
        busy.communicate()
        worker.wait(timeout=20)
        self.assertEqual(value_of(url, "SELECT 1"), 1)
        client.communicate()


class LetsInTest(HomeTestCase):
    def test_answers(self):
        """A server that is up says so, one that stops says that, nobody says nothing."""
        port = draw_port()
        self.assertIsNone(lets_in(port))
        with self.server.running() as url, psycopg.connect(url) as connection:
            server = running_server(self.files.data)
            assert server is not None
            self.assertIs(lets_in(server.port), True)
            connection.execute("SELECT 1")
            os.kill(server.pid, signal.SIGTERM)  # Waits for the sessions, and takes no new ones.
            wait_until(lambda: running_server(self.files.data) != server)
            self.assertIs(lets_in(server.port), False)
