from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp
from unittest import TestCase, skipUnless

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict
from tenacity import retry, stop_after_delay, wait_fixed

from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.database.server.watcher import running_pid
from crash_rate_aggregates.errors import EmbeddedServerError

SYSTEM_15 = Path("/usr/lib/postgresql/15/bin")
IS_ROOT = os.geteuid() == 0

# A client that says when it uses the server, and leaves when its input ends.
CLIENT = """
import sys
from pathlib import Path
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])).running() as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def _value(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


@retry(stop=stop_after_delay(20), wait=wait_fixed(0.05), reraise=True)
def _assert_gone(data: Path) -> None:
    if running_pid(str(data)) is not None:
        raise AssertionError("the server still runs")


class EmbeddedServerTest(TestCase):
    def setUp(self):
        parent = Path(mkdtemp(prefix="crash-rate-aggregates-test-"))
        parent.chmod(0o755)
        self.addCleanup(shutil.rmtree, parent, ignore_errors=True)
        self.home = parent / "a home with spaces"
        self.server = EmbeddedServer(self.home)
        self.addCleanup(self.server.stop)

    @property
    def data(self) -> Path:
        return self.server.status().data_folder

    def _client(self) -> tuple[subprocess.Popen[str], str]:
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT, self.home],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(client.wait)
        self.addCleanup(client.kill)
        for pipe in (client.stdin, client.stdout):
            assert pipe is not None
            self.addCleanup(pipe.close)
        assert client.stdout is not None
        return client, client.stdout.readline().strip()

    def test_runs_while_used_and_keeps_its_data(self):
        """The server runs inside the context only, with checksums, and finds its data again."""
        with self.server.running() as url:
            self.assertEqual(_value(url, "SHOW data_checksums"), "on")
            self.assertEqual(_value(url, "SHOW timezone"), "UTC")
            with psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        _assert_gone(self.data)
        with self.server.running() as url:
            self.assertEqual(_value(url, "SELECT answer FROM kept"), 42)

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
                _value(wrong, "SELECT 1")

    def test_killed_client_leaves_no_server(self):
        """A client that dies by SIGKILL takes the server with it."""
        client, url = self._client()
        self.assertEqual(_value(url, "SELECT 1"), 1)
        client.kill()
        _assert_gone(self.data)

    def test_killed_server_comes_back(self):
        """After SIGKILL of the server its committed rows are there at the next use."""
        with self.server.running() as url:
            with psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
            pid = running_pid(str(self.data))
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            # A signal takes a moment to arrive: until then the server counts as running.
            _assert_gone(self.data)
        with self.server.running() as url:
            self.assertEqual(_value(url, "SELECT answer FROM kept"), 42)

    def test_clients_share_the_server(self):
        """Two clients use one server; it stays when the first leaves and goes with the second."""
        first, url = self._client()
        second, again = self._client()
        self.assertEqual(url, again)
        first.communicate()
        self.assertEqual(_value(url, "SELECT 1"), 1)
        second.communicate()
        _assert_gone(self.data)

    def test_start_keeps_and_stop_stops(self):
        """A started server outlives its clients until it is stopped."""
        url = self.server.start()
        self.assertEqual(self.server.url(), url)
        with self.server.running() as used:
            self.assertEqual(used, url)
        self.assertEqual(_value(url, "SELECT 1"), 1)
        status = self.server.status()
        self.assertEqual((status.is_running, status.kept, status.version), (True, True, "18"))
        self.assertTrue(self.server.stop())
        _assert_gone(status.data_folder)
        self.assertFalse(self.server.stop())
        with self.assertRaisesRegex(EmbeddedServerError, "does not run: .*database start"):
            self.server.url()

    @skipUnless(SYSTEM_15.exists(), "PostgreSQL 15 is not installed")
    def test_other_programs(self):
        """The programs of another PostgreSQL make a server of that version beside the own one."""
        server = EmbeddedServer(self.home, postgres_bin=SYSTEM_15)
        self.addCleanup(server.stop)
        with server.running() as url:
            self.assertEqual(str(_value(url, "SHOW server_version"))[:2], "15")

    def test_folder_without_programs(self):
        """A postgres_bin that holds no PostgreSQL is named, with the remedy."""
        server = EmbeddedServer(self.home, postgres_bin=self.home)
        with self.assertRaisesRegex(
            EmbeddedServerError, "holds no PostgreSQL .*correct postgres_bin"
        ):
            server.status()

    @skipUnless(IS_ROOT, "only root can become another user")
    def test_unreachable_home(self):
        """As root, a home out of the server user's reach is refused, and no mode is changed."""
        closed = Path(mkdtemp(prefix="crash-rate-aggregates-test-"))
        self.addCleanup(shutil.rmtree, closed)
        with self.assertRaisesRegex(EmbeddedServerError, f"cannot enter '{closed}': name another"):
            EmbeddedServer(closed / "home").status()
        self.assertEqual(stat.S_IMODE(closed.stat().st_mode), 0o700)

    def test_user_of_the_server(self):
        """The server runs as the user who uses it; root's runs as nobody."""
        expected = pwd.getpwnam("nobody").pw_uid if IS_ROOT else os.geteuid()
        with self.server.running():
            pid = running_pid(str(self.data))
            self.assertEqual(psutil.Process(pid).uids().real, expected)
