"""Stop the embedded server when its last client is gone, even one that was killed.

A process of its own, started as a script with nothing but the standard library: every client holds
a shared lock on one file, and the kernel gives this process the exclusive one when all are gone.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time

_STOP_SECONDS = 60
_POLL_SECONDS = 0.02


def watch(folder: str) -> None:
    """Wait for the last client of the server in this folder, then stop the server.

    Args:
        folder: The server's folder, as `ServerFiles` lays it out.
    """
    with (
        open(os.path.join(folder, "clients.lock"), "rb") as clients,
        open(os.path.join(folder, "watch.lock"), "wb") as watching,
    ):
        try:
            fcntl.flock(watching, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        fcntl.flock(clients, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(folder, "kept")):
            stop_server(os.path.join(folder, "data"))
        # Released before the clients' lock: who gets that next must find no watcher.
        fcntl.flock(watching, fcntl.LOCK_UN)


def stop_server(data: str) -> bool:
    """Stop the server of a data folder by a fast shutdown; tell whether it was running."""
    pid = running_pid(data)
    if pid is None:
        return False
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + _STOP_SECONDS
    while running_pid(data) == pid and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return True


def running_pid(data: str) -> int | None:
    """Return the process id of the server of a data folder, None if it does not run."""
    try:
        with open(os.path.join(data, "postmaster.pid"), encoding="utf-8") as file:
            pid = int(file.readline())
    except (FileNotFoundError, ValueError):
        return None
    return pid if _is_postgres(pid) else None


def _is_postgres(pid: int) -> bool:
    """Tell a live server from a zombie and from another program that was given its number."""
    name, state = _process_on_linux(pid) if os.path.isdir("/proc/self") else _process(pid)
    return name == "postgres" and state != "Z"


def _process_on_linux(pid: int) -> tuple[str, str]:
    """Return name and state from /proc; small containers have no ps."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            before, _, after = file.read().rpartition(")")
    except OSError:
        return "", ""
    return before.partition("(")[2], after.split()[0]


def _process(pid: int) -> tuple[str, str]:
    shown = subprocess.run(
        ["ps", "-o", "stat=,comm=", "-p", str(pid)],  # noqa: S607  ps is where the system has it.
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split(maxsplit=1)
    return (os.path.basename(shown[1].strip()), shown[0][0]) if len(shown) > 1 else ("", "")


if __name__ == "__main__":
    watch(sys.argv[1])
