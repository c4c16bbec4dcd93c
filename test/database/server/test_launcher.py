from __future__ import annotations

import os
import shutil
import signal
import stat
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from unittest import mock, skipUnless

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict

from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.database.server.programs import find_programs
from crash_rate_aggregates.database.server.server_user import ServerUser
from crash_rate_aggregates.errors import EmbeddedServerError
from test.database.server.homes import HomeTestCase, empty_home, left_over_in, value_of

SYSTEM_15 = Path("/usr/lib/postgresql/15/bin")
IS_ROOT = os.geteuid() == 0


class EmbeddedServerTest(HomeTestCase):
    def test_runs_while_used_and_keeps_its_data(self):
        """The server runs inside the context only, with checksums, and finds its data again."""
        with self.server.running() as url:
            self.assertEqual(value_of(url, "SHOW data_checksums"), "on")
            self.assertEqual(value_of(url, "SHOW timezone"), "UTC")
            with psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
        self.assertEqual(left_over_in(self.home), set())
        with self.server.running() as url:
            self.assertEqual(value_of(url, "SELECT answer FROM kept"), 42)

    def test_password_shows_nowhere(self):
        """The password stands in a private file only: in no command line and in no log."""
        with self.server.running() as url:
            password = str(conninfo_to_dict(url)["password"])
            lines = [
                " ".join(process.info["cmdline"] or ())
                for process in psutil.process_iter(["cmdline"])
            ]
            self.assertFalse([line for line in lines if password in line])
            status = self.server.status()
            self.assertNotIn(password, status.log_file.read_text())
            mode = (status.data_folder.parent / "password").stat().st_mode
            self.assertEqual(stat.S_IMODE(mode), 0o600)
            wrong = url.replace(password, "wrong")
            with self.assertRaises(psycopg.OperationalError):
                value_of(wrong, "SELECT 1")

    def test_killed_client_leaves_no_server(self):
        """A client that dies by SIGKILL takes the server with it."""
        client, url = self.client()
        self.assertEqual(value_of(url, "SELECT 1"), 1)
        client.kill()
        self.assertEqual(left_over_in(self.home), set())

    def test_killed_server_comes_back(self):
        """After SIGKILL of the server its committed rows are there at the next use."""
        with self.server.running() as url:
            with psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
            os.kill(self.postmaster(), signal.SIGKILL)
        with self.server.running() as url:
            self.assertEqual(value_of(url, "SELECT answer FROM kept"), 42)

    def test_clients_share_the_server(self):
        """Two clients use one server; it stays when the first leaves and goes with the second."""
        first, url = self.client()
        second, again = self.client()
        self.assertEqual(url, again)
        first.communicate()
        self.assertEqual(value_of(url, "SELECT 1"), 1)
        second.communicate()
        self.assertEqual(left_over_in(self.home), set())

    def test_start_keeps_and_stop_stops(self):
        """A started server outlives its clients until it is stopped."""
        url = self.server.start()
        self.assertEqual(self.server.url(), url)
        with self.server.running() as used:
            self.assertEqual(used, url)
        self.assertEqual(value_of(url, "SELECT 1"), 1)
        status = self.server.status()
        self.assertEqual((status.is_running, status.kept, status.version), (True, True, "18"))
        self.assertTrue(self.server.stop())
        self.assertEqual(left_over_in(self.home), set())
        self.assertFalse(self.server.stop())
        with self.assertRaisesRegex(EmbeddedServerError, "does not run: .*database start"):
            self.server.url()

    @skipUnless(SYSTEM_15.exists(), "PostgreSQL 15 is not installed")
    def test_other_programs(self):
        """The programs of another PostgreSQL make a server of that version."""
        home = empty_home()
        self.addCleanup(self.end, home)
        with EmbeddedServer(home, postgres_bin=SYSTEM_15).running() as url:
            self.assertEqual(str(value_of(url, "SHOW server_version"))[:2], "15")

    def test_folder_without_programs(self):
        """A postgres_bin that holds no PostgreSQL is named, with the remedy."""
        server = EmbeddedServer(self.home, postgres_bin=self.home)
        with self.assertRaisesRegex(
            EmbeddedServerError, "holds no PostgreSQL .*correct postgres_bin"
        ):
            server.status()

    def test_status_changes_nothing(self):
        """Asking for a server that was never started makes no folder and copies no programs."""
        home = empty_home()
        status = EmbeddedServer(home).status()
        self.assertEqual((status.is_running, status.port, status.kept), (False, None, False))
        self.assertEqual(status.data_folder, home / "postgresql-18" / "data")
        self.assertFalse(EmbeddedServer(home).stop())
        with self.assertRaises(EmbeddedServerError):
            EmbeddedServer(home).url()
        self.assertFalse(home.exists())

    def test_failed_start_is_not_kept(self):
        """A server that could not be started to be kept does not outlive the next command."""
        programs = self.home / "bin"
        programs.mkdir()
        postgres = find_programs(None).folder / "postgres"
        (programs / "postgres").write_text(
            f'#!/bin/sh\n[ "$1" = --version ] && exec "{postgres}" --version\n'
            "echo FATAL: no space left >&2\nexit 1\n"
        )
        (programs / "postgres").chmod(0o755)
        failing = EmbeddedServer(self.home, postgres_bin=programs)
        with self.assertRaisesRegex(EmbeddedServerError, "cannot start .*no space left"):
            failing.start()
        self.assertFalse(self.server.status().kept)
        with self.server.running():
            pass
        self.assertEqual(left_over_in(self.home), set())

    @skipUnless(IS_ROOT, "only root can become another user")
    def test_unreachable_home(self):
        """As root, a home out of the server user's reach is refused, and no mode is changed."""
        closed = Path(mkdtemp(prefix="crash-rate-aggregates-test-"))
        self.addCleanup(shutil.rmtree, closed)
        with (
            self.assertRaisesRegex(EmbeddedServerError, f"cannot enter '{closed}': name another"),
            EmbeddedServer(closed / "home").running(),
        ):
            pass
        self.assertEqual(stat.S_IMODE(closed.stat().st_mode), 0o700)

    def test_user_of_the_server(self):
        """Root's server runs as an unprivileged user, all others' as their own user."""
        user = ServerUser.of_this_process()
        with self.server.running():
            server = psutil.Process(self.postmaster())
            ids = set()
            for one in (server, *server.children()):
                with suppress(psutil.NoSuchProcess):  # A worker of autovacuum is soon done.
                    ids.add((one.uids().real, one.gids().real))
            self.assertEqual(ids, {user.ids if IS_ROOT else (os.geteuid(), os.getegid())})
            self.assertEqual(psutil.Process(self.watcher()).uids().real, os.geteuid())

    def test_environment_is_not_handed_on(self):
        """The server's processes do not get our environment: passwords can stand there."""
        with mock.patch.dict(os.environ, {"CRASH_RATE_AGGREGATES_PG_PASSWORD": "s3cret"}):
            client, url = self.client()
        self.assertTrue(url)
        for pid in (self.postmaster(), self.watcher()):
            self.assertNotIn("s3cret", psutil.Process(pid).environ().values())
        client.communicate()
