"""Homes of embedded servers for tests, clients that can be killed, and what lives in a home."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from unittest import TestCase

import psutil
import psycopg
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from crash_rate_aggregates.database.server.folder import ServerFiles
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.database.server.postmaster import running_server

VERSION = 18
"""Of the programs that the wheel brings."""

# A client that says when it uses the server, and leaves when its input ends.
CLIENT = """
import logging
import resource
import sys
from pathlib import Path
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
with EmbeddedServer(Path(sys.argv[1])).running() as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def value_of(url: str, query: str) -> object:
    """Ask a server for one value."""
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def wait_until(holds: Callable[[], object]) -> None:
    """Wait until something holds; a minute is enough for all that tests wait for."""
    patience = time.monotonic() + 60
    while not holds():
        if time.monotonic() > patience:
            raise TimeoutError
        time.sleep(0.002)


def wait_until_at_work(url: str, session: int) -> None:
    """Wait until a process of a server works on a statement."""
    query = f"SELECT state FROM pg_stat_activity WHERE pid = {session}"
    wait_until(lambda: value_of(url, query) == "active")


def processes_of(home: Path) -> set[int]:
    """Find the processes of a home: watchers by their arguments, servers by their folder."""
    return {process.pid for process in psutil.process_iter() if _is_of(process, home)}


def _is_of(process: psutil.Process, home: Path) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        texts = (*process.cmdline(), process.cwd())
        return process.pid != os.getpid() and any(text.startswith(str(home)) for text in texts)
    except psutil.Error:
        return False


@retry(
    retry=retry_if_result(bool),
    stop=stop_after_delay(20),
    wait=wait_fixed(0.1),
    retry_error_callback=lambda state: state.outcome and state.outcome.result(),
)
def left_over_in(home: Path) -> set[int]:
    """Return what lives in a home, none as soon as that is so; 20 seconds are enough for that."""
    return processes_of(home)


def empty_home() -> Path:
    """Return a home that is not there yet, in a folder that goes when this process ends."""
    parent = Path(mkdtemp(prefix="crash-rate-aggregates-test-"))
    atexit.register(shutil.rmtree, parent, ignore_errors=True)
    # Where root runs the tests, the server's user must be able to enter.
    parent.chmod(0o755)
    return parent / "a home with spaces"


@cache
def home_with_data(name: str = "") -> Path:
    """Make a home with data, for all tests of this process: initdb takes its time."""
    home = empty_home() / name
    with EmbeddedServer(home).running():
        pass
    assert not left_over_in(home)
    # The machine stays up when processes are killed, so nothing hangs on what the disk has.
    with open(ServerFiles.in_home(home, VERSION).data / "postgresql.conf", "a") as settings:
        settings.write("fsync = off\n")
    return home


class HomeTestCase(TestCase):
    """A home with data, whose processes end with the test."""

    def setUp(self) -> None:
        self.home = home_with_data()
        self.server = EmbeddedServer(self.home)
        self.files = ServerFiles.in_home(self.home, VERSION)
        self.addCleanup(self.end, self.home)

    def end(self, home: Path) -> None:
        """Stop the server of a home; what is left over then fails the test."""
        EmbeddedServer(home).stop()
        left = left_over_in(home)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.assertEqual(left, set())

    def client(self, home: Path | None = None) -> tuple[subprocess.Popen[str], str]:
        """Start a client and return it with its URL once it uses the server."""
        client = self.starting_client(home)
        assert client.stdout is not None
        return client, client.stdout.readline().strip()

    def starting_client(
        self,
        home: Path | None = None,
        *,
        file_size: int | None = None,
        starter: Sequence[str | Path] = (),
    ) -> subprocess.Popen[str]:
        """Start a client without waiting for it.

        Args:
            home: Which; None for the test's own.
            file_size: No file may get larger, in bytes.
            starter: A command that starts the one behind it.
        """
        client = subprocess.Popen(
            [*starter, sys.executable, "-c", CLIENT, home or self.home, str(file_size or -1)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.addCleanup(client.__exit__, None, None, None)
        self.addCleanup(client.kill)
        return client

    def postmaster(self) -> int:
        """Return the process that serves the home."""
        server = running_server(self.files.data)
        assert server is not None
        return server.pid

    def watcher(self) -> int:
        """Return the process that watches the home's server."""
        parent = psutil.Process(self.postmaster()).parent()
        assert parent is not None
        return parent.pid

    def worker(self, url: str) -> psutil.Process:
        """Have a session work for hours, and return its process."""
        connection = psycopg.connect(url)
        self.addCleanup(connection.close)
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1e12)")
        wait_until_at_work(url, connection.info.backend_pid)
        return psutil.Process(connection.info.backend_pid)
