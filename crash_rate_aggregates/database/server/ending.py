"""End the embedded server: politely first, then by force, with its data safe either way.

Nothing here needs a package that is installed, so that the watcher can load it.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import struct
import time
from contextlib import suppress

from crash_rate_aggregates.database.server.file_locks import is_held, is_taken, locked, opened
from crash_rate_aggregates.database.server.folder import ServerFiles, folder_errors
from crash_rate_aggregates.database.server.postmaster import (
    RunningServer,
    processes_in,
    running_server,
)
from crash_rate_aggregates.errors import EmbeddedServerError

STARTING = "another command that starts or stops the embedded server"
"""What one waits for who waits for the start lock."""
_STAGES = (
    # Fast shutdown: sessions are ended, then all is written and synced; as quick as the disk.
    (signal.SIGINT, 10.0),
    # Immediate shutdown: the next start recovers from the log, as after a loss of power.
    (signal.SIGQUIT, 10.0),
    (signal.SIGKILL, 10.0),
)
"""Signals, and the seconds that each is given."""
_STOPPING_SECONDS = 3.0
"""What the first is given where another has asked already: it may have asked at a bad moment."""
_WATCHER_SECONDS = 5.0
_WATCH_SECONDS = 0.1
_POLL_SECONDS = 0.02
_ANSWER_SECONDS = 5.0


def stop_server(files: ServerFiles) -> bool:
    """Stop a server that is to be kept no longer, whoever uses it; say if it was running.

    Raises:
        EmbeddedServerError: It does not end, or is another user's.
    """
    with folder_errors(files), locked(files.start_lock, fcntl.LOCK_EX, waiting_for=STARTING):
        files.kept.unlink(missing_ok=True)
        if not _is_alive(files):
            return False
        end_server(files)
        # The watcher sees by itself that it has nothing left to watch.
        patience = time.monotonic() + _WATCHER_SECONDS
        while is_held(files.watcher_lock) and time.monotonic() < patience:
            time.sleep(_POLL_SECONDS)
        return True


def end_after_clients(files: ServerFiles, server: int, watcher_lock: int) -> None:
    """Wait until a server has ended or nobody needs it, then see to it that nothing is left.

    Args:
        files: The server's folder.
        server: Its process, a child of ours.
        watcher_lock: Descriptor of the watcher's lock, which is given back.

    Raises:
        EmbeddedServerError: As `end_server`.
    """
    asked_to_end: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # As when the machine shuts down: then too by a shutdown that needs no recovery.
        signal.signal(number, lambda number, _: asked_to_end.append(number))
    clients = opened(files.clients_lock)
    while not _has_ended(server):
        if not _is_there(files, watcher_lock):
            os.kill(server, signal.SIGQUIT)
            return
        if asked_to_end or _nobody_needs_it(files, clients):
            break
        time.sleep(_WATCH_SECONDS)
    end_server(files)
    # Before the clients' lock, which this process's end gives back: who gets that finds no watcher.
    os.close(watcher_lock)


def _is_there(files: ServerFiles, watcher_lock: int) -> bool:
    """Say if the folder is the one we know; if it was removed, another server may live there."""
    try:
        return os.path.samestat(os.fstat(watcher_lock), os.stat(files.watcher_lock))
    except FileNotFoundError:
        return False


def _has_ended(server: int) -> bool:
    return os.waitpid(server, os.WNOHANG)[0] != 0


def _nobody_needs_it(files: ServerFiles, clients: int) -> bool:
    """Say if there are neither clients nor a wish to keep the server; then no client can come."""
    if files.kept.exists() or not is_taken(clients, fcntl.LOCK_EX):
        return False
    # Looked at again: `database start` makes it while it is a client.
    if files.kept.exists():
        fcntl.flock(clients, fcntl.LOCK_UN)
        return False
    return True


def end_server(files: ServerFiles) -> None:
    """End whatever lives of a server; call it with the start lock or as its watcher.

    Raises:
        EmbeddedServerError: It outlives SIGKILL, or is out of our sight.
    """
    for number, seconds in _stages(running_server(files.data)):
        signalled: set[int] = set()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not _is_alive(files):
                return
            # Looked up each time: a server may only now be writing its number.
            for pid in _targets(files, number) - signalled:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
                signalled.add(pid)
            time.sleep(_POLL_SECONDS)
    server = running_server(files.data)
    which = "a process" if server is None else f"process {server.pid}"
    raise EmbeddedServerError(
        f"{which} of the embedded server in {str(files.folder)!r} did not end, not even by "
        "SIGKILL: stop the container that runs it, or restart the machine if its disk hangs; or "
        "name another folder in CRASH_RATE_AGGREGATES_HOME"
    )


def _is_alive(files: ServerFiles) -> bool:
    """Say if any process of the server lives; the second is for one that was started by hand."""
    return is_held(files.server_lock) or running_server(files.data) is not None


def _targets(files: ServerFiles, number: signal.Signals) -> set[int]:
    server = running_server(files.data)
    if server is None:
        return processes_in(files.data)
    # A postmaster that can still do anything ends its processes itself.
    others = processes_in(files.data) if number == signal.SIGKILL else set()
    return {server.pid, *others}


def _stages(server: RunningServer | None) -> list[tuple[signal.Signals, float]]:
    """Say which signals end a server, and how long each may take.

    PostgreSQL 18 never ends if it is asked for a fast shutdown while it recovers from the death of
    one of its processes; and a recovery loses nothing by being cut short.
    """
    (fast, seconds), *by_force = _STAGES
    if server is not None and server.state == "stopping":
        return [(fast, min(seconds, _STOPPING_SECONDS)), *by_force]
    return list(_STAGES) if server is not None and lets_in(server.port) else by_force


def lets_in(port: int) -> bool | None:
    """Ask a server on loopback as pg_isready does, without logging in.

    Returns:
        False if it says that it starts, recovers or stops; None if it says nothing.
    """
    start = struct.pack("!hh", 3, 0) + b"user\0postgres\0\0"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_SECONDS) as connection:
            connection.sendall(struct.pack("!i", len(start) + 4) + start)
            answer = connection.recv(1024)
    except OSError:
        return None
    # 57P03 is cannot_connect_now; only one that is up has other errors, like too many connections.
    return b"C57P03\0" not in answer if answer else None
