"""Which process serves a data folder; nothing is believed that only a file says.

Nothing here needs a package that is installed, so that the watcher can load it.
"""

from __future__ import annotations

import calendar
import os
import subprocess
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

HAS_PROC = os.path.isdir("/proc/self")
"""Small containers have /proc and no ps; macOS has ps and no /proc."""
_STARTED_WITHIN_SECONDS = 5
"""PostgreSQL notes its start some moments after the kernel did."""


class RunningServer(NamedTuple):
    """The postmaster of a data folder, as its `postmaster.pid` and the kernel agree on it."""

    pid: int
    port: int
    """TCP port that it listens on, or will when it is up."""
    state: str
    """`starting`, `ready` or `stopping`; during a recovery after a crash it stays at `ready`."""


def running_server(data: Path) -> RunningServer | None:
    """Return the server of a data folder, None if it does not run.

    After a reboot or a crash the file may name a process of somebody else, so that process must be
    a PostgreSQL in this data folder.

    Raises:
        PermissionError: The data folder is another user's.
    """
    try:
        with open(data / "postmaster.pid", encoding="utf-8") as file:
            lines = file.read().splitlines()
        pid, folder, started, port = int(lines[0]), lines[1], int(lines[2]), int(lines[3])
    except (FileNotFoundError, ValueError, IndexError):  # The last two: it is being written.
        return None
    # A negative one is that of `postgres --single`, which serves nobody.
    if pid <= 0 or not _serves(pid, data, folder, started):
        return None
    return RunningServer(pid, port, lines[7].strip() if len(lines) > 7 else "starting")  # noqa: PLR2004  Its eighth line.


def processes_in(data: Path) -> set[int]:
    """Return the processes of PostgreSQL in a data folder: what a killed postmaster leaves behind.

    Where that cannot be told, without /proc or as root in a container, none are returned.
    """
    if not HAS_PROC:
        return set()
    numbers = (int(name) for name in os.listdir("/proc") if name.isdigit())
    return {pid for pid in numbers if _is_postgres(pid) and _works_in(pid, data)}


def _serves(pid: int, data: Path, folder: str, started: int) -> bool:
    if not HAS_PROC:
        return _is_same_folder(folder, data) and _is_postgres_since(pid, started)
    # Neither its folder nor its command can be that of another's server. Its start is not asked for
    # beside them: on Linux that is told from the clock of now, and a clock that was set would hide
    # a live server.
    return _is_postgres(pid) and (_works_in(pid, data) or _was_started_on(pid, data))


def _is_postgres(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            before, _, after = file.read().rpartition(")")
    except OSError:
        return False
    # A zombie has its number still, and serves nobody.
    return before.partition("(")[2] == "postgres" and after.split()[0] != "Z"


def _works_in(pid: int, data: Path) -> bool:
    return _is_same_folder(f"/proc/{pid}/cwd", data)


def _was_started_on(pid: int, data: Path) -> bool:
    """Say if a postmaster's command names a data folder.

    Root in a container may not see the folder in which a process of another user works.
    """
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = file.read().split(b"\0")
    except OSError:
        return False
    return (b"-D", os.fsencode(data)) in pairwise(words)


def _is_same_folder(one: str, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _is_postgres_since(pid: int, started: int) -> bool:
    """Ask ps for name, state and start of a process.

    Args:
        pid: Its number.
        started: When it must have begun, in seconds since 1970.
    """
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=,comm=", "-p", str(pid)],  # noqa: S607  ps is where the system has it.
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
    ).stdout.split(maxsplit=6)
    if len(shown) < 7:  # noqa: PLR2004  The state, five words of the start, the name.
        return False
    start = calendar.timegm(time.strptime(" ".join(shown[1:6]), "%a %b %d %H:%M:%S %Y"))
    is_alive = os.path.basename(shown[6].strip()) == "postgres" and shown[0][0] != "Z"
    return is_alive and abs(start - started) <= _STARTED_WITHIN_SECONDS
