from __future__ import annotations

import os
import signal
from unittest import mock

import psutil

from crash_rate_aggregates.database.server import starting
from crash_rate_aggregates.database.server.file_locks import is_held
from crash_rate_aggregates.database.server.folder import ServerFiles
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.database.server.postmaster import running_server
from test.database.server.homes import (
    VERSION,
    HomeTestCase,
    empty_home,
    home_with_data,
    left_over_in,
    value_of,
    wait_until,
)

# A watcher where the kernel sends no signal when a parent dies.
_MAIN = "from crash_rate_aggregates.database.server.watcher import main"
DEPUTIZED = ("-c", f"import sys; {_MAIN}; main(sys.argv[1:], has_death_signal=False)")


class WatcherTest(HomeTestCase):
    def _assert_usable(self) -> None:
        self.assertEqual(left_over_in(self.home), set())
        with self.server.running() as url:
            self.assertEqual(value_of(url, "SELECT 1"), 1)
        self.assertEqual(left_over_in(self.home), set())

    def test_killed_together(self):
        """Killed in any company, at one moment, watcher, server and client leave nothing."""
        for killed in ("watcher", "watcher client", "watcher server", "watcher server client"):
            with self.subTest(killed=killed):
                client, _ = self.client()
                pids = {"watcher": self.watcher(), "server": self.postmaster()}
                for pid in map({**pids, "client": client.pid}.__getitem__, killed.split()):
                    os.kill(pid, signal.SIGKILL)
                client.communicate()
                self._assert_usable()

    def test_watcher_is_there_before_the_server(self):
        """A client that goes while the server starts, in whatever way, leaves nothing."""
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            with self.subTest(number=number):
                client = self.starting_client()
                wait_until(lambda: is_held(self.files.watcher_lock))
                client.send_signal(number)
                client.communicate()
                self._assert_usable()

    def test_client_goes_while_data_is_made(self):
        """A client that is killed during initdb leaves no process, and no folder after the next."""
        home = empty_home()
        self.addCleanup(self.end, home)
        client = self.starting_client(home)
        folder = home / "postgresql-18"
        wait_until(lambda: list(folder.glob("new-*/data/PG_VERSION")))
        client.kill()
        client.communicate()
        # initdb is at work; the next command waits for its end.
        self.assertTrue(is_held(folder / "start.lock"))
        with EmbeddedServer(home).running() as url:
            self.assertEqual(value_of(url, "SELECT 1"), 1)
        self.assertEqual(list(folder.glob("new-*")), [])
        self.assertEqual(left_over_in(home), set())

    def test_asked_to_end(self):
        """A watcher that is asked to end, as when the machine shuts down, ends the server first."""
        self.server.start()
        watcher = psutil.Process(self.watcher())
        watcher.terminate()
        self.assertEqual(left_over_in(self.home), set())
        self.assertIn("database system is shut down", self.files.log.read_text())
        # The next command keeps it again.
        with self.server.running():
            pass
        self.assertTrue(self.server.status().is_running)

    def test_without_death_signal(self):
        """Where the kernel does not tell a child, a deputy ends the server of a killed watcher."""
        with mock.patch.object(starting, "_WATCHER", DEPUTIZED):
            url = self.server.start()
            self.assertEqual(value_of(url, "SELECT 1"), 1)
            self.assertEqual(len(psutil.Process(self.watcher()).children()), 2)
            os.kill(self.watcher(), signal.SIGKILL)
            self.assertEqual(left_over_in(self.home), set())
            self.server.stop()
            with self.server.running() as url:
                self.assertEqual(value_of(url, "SELECT 1"), 1)
            self.assertEqual(left_over_in(self.home), set())

    def test_removed_folder(self):
        """The server of a folder that is gone ends; one in its place goes on."""
        client, _ = self.client()
        watcher, server = psutil.Process(self.watcher()), psutil.Process(self.postmaster())
        other, moved = home_with_data("other"), self.home / "moved"
        self.files.folder.rename(moved)
        # As if the home was removed and made anew.
        ServerFiles.in_home(other, VERSION).folder.rename(self.files.folder)
        try:
            url = self.server.start()
            client.communicate()
            for process in (watcher, server):
                process.wait(timeout=20)
            self.assertEqual(value_of(url, "SELECT 1"), 1)
            self.server.stop()
        finally:
            self.files.folder.rename(ServerFiles.in_home(other, VERSION).folder)
            moved.rename(self.files.folder)

    def test_full_disk(self):
        """Where nothing can be written, a start fails in a sentence, and nothing stays."""
        for home in (empty_home(), self.home):
            with self.subTest(is_new=home != self.home):
                self.addCleanup(self.end, home)
                client = self.starting_client(home, file_size=16_384)
                _, errors = client.communicate("")
                self.assertEqual(client.returncode, 1)
                last = errors.strip().splitlines()[-1]
                self.assertRegex(last, "EmbeddedServerError: .*free disk space")
                self.assertEqual(left_over_in(home), set())
        self.assertFalse(self.server.status().kept)
        self._assert_usable()

    def test_orphan_at_work(self):
        """A session whose server was killed ends with the last client, whatever it works on."""
        client, url = self.client()
        worker = self.worker(url)
        os.kill(self.postmaster(), signal.SIGKILL)
        client.kill()
        client.communicate()
        worker.wait(timeout=20)
        self.assertIsNone(running_server(self.files.data))
        self._assert_usable()
