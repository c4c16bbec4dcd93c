"""Bring the embedded server up, whatever state its last end left it in."""

from __future__ import annotations

import fcntl
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import crash_rate_aggregates
from crash_rate_aggregates.database.server import watcher
from crash_rate_aggregates.database.server.ending import STARTING, end_server, lets_in
from crash_rate_aggregates.database.server.file_locks import is_held, locked
from crash_rate_aggregates.database.server.folder import (
    ServerFiles,
    folder_errors,
    make_folder,
    new_password,
    server_failure,
)
from crash_rate_aggregates.database.server.initializing import initialize, remove_half_made
from crash_rate_aggregates.database.server.ports import (
    choose_port,
    is_free,
    keep_port,
    kept_port,
)
from crash_rate_aggregates.database.server.postmaster import RunningServer, running_server
from crash_rate_aggregates.database.server.programs import Programs, within_reach
from crash_rate_aggregates.database.server.server_user import ServerUser, server_environment

_log = logging.getLogger(__name__)

_START_SECONDS = 60.0
_RECOVERY_SECONDS = 600.0
"""While it says that it recovers: after a loss of power it reads up to 2 GB of its log."""
_SILENT_SECONDS = 1.0
"""A wait as short as this is not worth a line."""
_POLL_SECONDS = 0.01
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "max_connections": "50",
    # A statement whose client was killed ends, and gives its locks back, also while others go on.
    "client_connection_check_interval": "1s",
}
if sys.platform == "linux":
    # After a kill each of some 1,000 files would be synced by itself: seconds on a busy disk.
    _SETTINGS["recovery_init_sync_method"] = "syncfs"


@contextmanager
def used_server(
    files: ServerFiles,
    programs: Programs,
    *,
    port: int | None = None,
    password: str | None = None,
    alone: bool = False,
    prepare: Callable[[ServerFiles, int], None] | None = None,
) -> Iterator[RunningServer]:
    """Be a client of the server, which is made and started if need be.

    Args:
        files: Its folder, which is made too.
        programs: Of its version.
        port: To start it on; None for the one it had before, or a free one.
        password: For a new one; None for a drawn one.
        alone: Whether to wait until all other clients have left, and keep them waiting.
        prepare: What is done by the first of all clients with the folder and the port, which is
            kept from then on.

    Raises:
        EmbeddedServerError: It cannot be made or started.
    """
    with ExitStack() as client:
        with folder_errors(files):
            make_folder(files)
            # Taken before the server is looked at, so that no watcher ends what we have found.
            kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
            others = "other commands" if alone else "the embedded server to end"
            client.enter_context(locked(files.clients_lock, kind, waiting_for=others))
            with locked(files.start_lock, fcntl.LOCK_EX, waiting_for=STARTING) as start_lock:
                start = _Start(files, programs, port, password or new_password(), start_lock)
                server = start.ensure_running()
                if prepare is not None and kept_port(files.port) is None:
                    prepare(files, server.port)
                    keep_port(files.port, server.port)
        yield server


class _Start:
    """One start, by who has the start lock."""

    def __init__(
        self,
        files: ServerFiles,
        programs: Programs,
        port: int | None,
        password: str,
        start_lock: int,
    ) -> None:
        self._files = files
        self._programs = programs
        self._wanted_port = port
        self._password = password
        self._start_lock = start_lock
        self._began = time.monotonic()
        self._is_waited_for = False

    def ensure_running(self) -> RunningServer:
        """Return the server once it lets clients in."""
        port: int | None = None
        while True:
            if is_held(self._files.watcher_lock):
                # Ours, or that of a command that was killed while it started.
                server = running_server(self._files.data)
                answer = lets_in(server.port) if server and server.state == "ready" else None
                if server is not None and answer:
                    return server
                if server is not None and server.state == "stopping":
                    # Not by its watcher, as we are a client, nor by `stop`, as we have its lock:
                    # somebody sent a signal, and it may wait for its sessions for ever.
                    end_server(self._files)
                self._wait(is_recovering=answer is False)
            elif port is None or not is_free(port):
                # The second: the port was taken just then, so another is drawn, or it is said.
                port = self._launch()
            else:
                raise server_failure(self._files, "cannot start the embedded server")

    def _wait(self, *, is_recovering: bool) -> None:
        waited = time.monotonic() - self._began
        limit = _RECOVERY_SECONDS if is_recovering else _START_SECONDS
        if waited > limit:
            what = f"the embedded server did not start in {limit:.0f} seconds"
            raise server_failure(self._files, what)
        if waited > _SILENT_SECONDS and not self._is_waited_for:
            self._is_waited_for = True
            what = "recover" if is_recovering else "start"
            _log.info("waiting for the embedded server in %s to %s", self._files.folder, what)
        time.sleep(_POLL_SECONDS)

    def _launch(self) -> int:
        """Start a watcher, and the server by it; return the port."""
        files = self._files
        # What a watcher that was killed has left.
        end_server(files)
        # Nothing lives, so it is stale; PostgreSQL believes it if any process has its number.
        (files.data / "postmaster.pid").unlink(missing_ok=True)
        user = ServerUser.of_this_process()
        user.check_reach(files.folder)
        remove_half_made(files)
        programs = within_reach(self._programs, files, user)
        if not files.data.exists():
            initialize(files, programs, user, password=self._password, lock=self._start_lock)
        port = choose_port(files.port, self._wanted_port)
        _launch_watcher(files, user, _server_command(files, programs, port))
        return port


def _server_command(files: ServerFiles, programs: Programs, port: int) -> list[str]:
    settings = {**_SETTINGS, "port": str(port)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(programs.folder / "postgres"), "-D", str(files.data), *options]


def _launch_watcher(files: ServerFiles, user: ServerUser, command: list[str]) -> None:
    with ExitStack() as stack:
        # Taken by us and handed on: at no moment does a live watcher or server go unnoticed.
        locks = [
            stack.enter_context(locked(path, fcntl.LOCK_EX, waiting_for=STARTING))
            for path in (files.watcher_lock, files.server_lock)
        ]
        # One log for each start: what a failure tells of it is not that of an earlier one.
        files.log.unlink(missing_ok=True)
        # Statements that failed stand there, so it is as private as the data.
        log = os.open(files.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        stack.callback(os.close, log)
        process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-S", *_WATCHER),
                *map(str, (files.folder, *locks, user.as_argument)),
                *command,
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={**server_environment(), "PYTHONPATH": _IMPORTED_FROM},
            pass_fds=locks,
            start_new_session=True,  # Ctrl-C in our terminal does not reach it.
        )
    # It ends after us or before; waited for, it leaves no zombie in a client that lives for long.
    threading.Thread(target=process.wait, daemon=True).start()


_WATCHER = ("-m", watcher.__name__)
_IMPORTED_FROM = str(Path(crash_rate_aggregates.__file__).parent.parent)
"""The watcher loads this package from there, without the packages that are installed."""
