"""The embedded PostgreSQL server: made at the first use, gone with its last client.

A real server on TCP, so that psql, Redash and a notebook can use it too. It is started by us and
not by its wheel's own launcher, which needs paths without spaces, opens folders of root to all, and
leaves servers behind.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from crash_rate_aggregates.database.server.folder import (
    USER,
    ServerFiles,
    initialize,
    server_failure,
    server_files,
    server_user,
)
from crash_rate_aggregates.database.server.watcher import running_pid, stop_server
from crash_rate_aggregates.errors import EmbeddedServerError

_START_SECONDS = 60
_POLL_SECONDS = 0.05
_HOST = "127.0.0.1"
_SETTINGS = {
    "listen_addresses": _HOST,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "max_connections": "50",
}


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known of the embedded server."""

    is_running: bool
    kept: bool
    """Whether it outlives its clients."""
    port: int | None
    """TCP port on loopback, None if it does not run."""
    version: str
    """Major version of PostgreSQL."""
    data_folder: Path
    log_file: Path


class _NotUpYetError(Exception):
    """The server does not answer yet."""


class EmbeddedServer:
    """The server whose data lies below one home."""

    def __init__(self, home: Path, *, postgres_bin: Path | None = None) -> None:
        self._home = home
        self._postgres_bin = postgres_bin

    @contextmanager
    def running(self) -> Iterator[str]:
        """Give the URL of the running server; it is made and started if need be.

        The server stops when the last user has left, unless it was started to be kept.

        Raises:
            EmbeddedServerError: It cannot be made or started.
        """
        files = server_files(self._home, self._postgres_bin)
        with _locked(files.folder / "clients.lock", fcntl.LOCK_SH):
            with _locked(files.folder / "start.lock", fcntl.LOCK_EX):
                _ensure_running(files)
                if not files.kept.exists():
                    _start_watcher(files)
            yield _url(files)

    def start(self) -> str:
        """Start the server and keep it running; return its URL."""
        files = server_files(self._home, self._postgres_bin)
        files.kept.touch()
        with self.running() as url:
            return url

    def stop(self) -> bool:
        """Stop the server, whoever uses it; tell whether it was running."""
        files = server_files(self._home, self._postgres_bin)
        with _locked(files.folder / "start.lock", fcntl.LOCK_EX):
            files.kept.unlink(missing_ok=True)
            return stop_server(str(files.data))

    def status(self) -> ServerStatus:
        """Look at the server without changing it."""
        files = server_files(self._home, self._postgres_bin)
        is_running = running_pid(str(files.data)) is not None
        return ServerStatus(
            is_running=is_running,
            kept=files.kept.exists(),
            port=_port(files) if is_running else None,
            version=files.folder.name.partition("-")[2],
            data_folder=files.data,
            log_file=files.log,
        )

    def has_data(self) -> bool:
        """Tell whether there is a server in the home, of whatever version; makes nothing."""
        return any(self._home.glob("postgresql-*/data"))

    def url(self) -> str:
        """Return the running server's URL, password included.

        Raises:
            EmbeddedServerError: It does not run.
        """
        if not self.status().is_running:
            raise EmbeddedServerError(
                "the embedded server does not run: `crash-rate-aggregates database start` starts it"
            )
        return _url(server_files(self._home, self._postgres_bin))


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[None]:
    """Hold a lock that ends with this process; child processes do not inherit it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)


def _port(files: ServerFiles) -> int:
    return int(files.port.read_text())


def _url(files: ServerFiles, database: str = USER) -> str:
    password = files.password.read_text()
    return f"postgresql://{USER}:{password}@{_HOST}:{_port(files)}/{database}"


def _ensure_running(files: ServerFiles) -> None:
    if not files.data.exists():
        initialize(files)
    if running_pid(str(files.data)) is None or not files.port.exists():
        _start(files)
    _make_database(files)


# After kill -9 its children hold the shared memory for a moment, and the next server gives up.
@retry(
    retry=retry_if_exception_type(EmbeddedServerError),
    stop=stop_after_delay(10),
    wait=wait_fixed(0.5),
    reraise=True,
)
def _start(files: ServerFiles) -> None:
    files.port.write_text(str(_free_port()))
    settings = {**_SETTINGS, "port": files.port.read_text()}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with open(files.log, "wb") as log:
        process = _launched(
            [files.programs / "postgres", "-D", files.data, *options], output=log, **server_user()
        )
    _wait_until_up(files, process)


def _launched(
    command: list[str | Path], *, output: IO[bytes] | int, **user: Any
) -> subprocess.Popen[bytes]:
    """Start a program that Ctrl-C in our terminal does not reach."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd="/",
        start_new_session=True,
        **user,
    )
    # A dead server that nobody waits for stays a zombie, whose number the next one takes for alive.
    threading.Thread(target=process.wait, daemon=True).start()
    return process


@retry(
    retry=retry_if_exception_type(_NotUpYetError),
    stop=stop_after_delay(_START_SECONDS),
    wait=wait_fixed(_POLL_SECONDS),
    retry_error_callback=lambda state: _give_up(*state.args),
)
def _wait_until_up(files: ServerFiles, process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        raise server_failure(files, "cannot start the embedded server")
    try:
        psycopg.connect(_url(files, "postgres")).close()
    except psycopg.OperationalError as error:
        raise _NotUpYetError from error


def _give_up(files: ServerFiles, process: subprocess.Popen[bytes]) -> None:
    process.kill()
    raise server_failure(files, f"the embedded server did not start in {_START_SECONDS} seconds")


def _make_database(files: ServerFiles) -> None:
    with psycopg.connect(_url(files, "postgres"), autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [USER]).fetchone() is None:
            name = sql.Identifier(USER)
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _start_watcher(files: ServerFiles) -> None:
    script = Path(__file__).with_name("watcher.py")
    _launched([sys.executable, "-I", "-S", script, files.folder], output=subprocess.DEVNULL)
