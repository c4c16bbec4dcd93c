"""Commands on an embedded server, undisturbed or with one process killed on the way."""

from __future__ import annotations

import random
import re
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from crash_rate_aggregates.database.server.file_locks import is_held
from crash_rate_aggregates.database.server.folder import ServerFiles
from test.cli.command_line import COMMAND, environment
from test.database.server.homes import VERSION, processes_of

VICTIMS = ("driver", "worker", "session", "helper", "postmaster", "watcher")
"""The command itself, what reads pings for it, and the server's: a helper is any of its processes
that is no session, like the checkpointer."""
_LATEST = {"driver": 1.5, "worker": 0.5, "session": 0.5}
"""From the first of a kind that is seen to the kill, in times that a question takes; about what a
command still takes then."""
_LONGEST_SECONDS = 300
_GONE_SECONDS = 20
_TOLD = re.compile(r"\[[a-z-]+\]$")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    stderr: str
    seconds: float
    killed: str | None = None
    """What was killed on the way."""

    @property
    def fault(self) -> str | None:
        """What is wrong with the way it ended; None if nothing is."""
        if self.killed == "driver":
            return None
        # A backfill says how many days failed in the end, and before that of each why.
        lines = [line for line in self.stderr.splitlines() if _TOLD.search(line.strip())]
        if "Traceback" in self.stderr or (self.code and not lines):
            return f"ended with {self.code}: {self.stderr[-2000:]}"
        return None


@dataclass(frozen=True, slots=True)
class Stage:
    """Where commands run: an embedded server's home, and a folder for rows between stages."""

    home: Path
    scratch: Path

    @property
    def files(self) -> ServerFiles:
        """Those of the server."""
        return ServerFiles.in_home(self.home, VERSION)

    def run(self, words: Sequence[object]) -> Ended:
        """Run a command to its end."""
        began = time.monotonic()
        return _ended(self._start(words), began, None)

    def run_and_kill(
        self, words: Sequence[object], chance: random.Random, question_seconds: float
    ) -> Ended:
        """Run a command in which one process is killed, unless it ends before.

        Args:
            words: The command.
            chance: Decides which process and when.
            question_seconds: What a question takes here and now: by that the moments are spread.
        """
        began = time.monotonic()
        command = self._start(words)
        kind = chance.choice(VICTIMS)
        while command.poll() is None and kind not in self._processes():
            time.sleep(0.03)
        with suppress(subprocess.TimeoutExpired):
            command.wait(chance.uniform(0, _LATEST.get(kind, 1.0) * question_seconds))
        return _ended(command, began, self._kill(kind, chance))

    def left_over(self, *, server_stays: bool) -> list[str]:
        """Return what is left of commands that have ended, as soon as that is nothing.

        Args:
            server_stays: Whether the server is to go on.
        """
        patience = time.monotonic() + _GONE_SECONDS
        while (left := self._left(server_stays=server_stays)) and time.monotonic() < patience:
            time.sleep(0.02)
        return left

    def left_by_server(self) -> list[Path]:
        """Return what a server that has ended has left on the disk."""
        made = self.files.folder.glob(f"{ServerFiles.HALF_MADE}*")
        return [*made, *self.files.data.glob("postmaster.pid"), *self.files.folder.glob("kept")]

    def _left(self, *, server_stays: bool) -> list[str]:
        stays = {"helper", "postmaster", "watcher"} if server_stays else set()
        files = self.files
        locks = (files.clients_lock, files.start_lock, files.watcher_lock, files.server_lock)
        return [
            *(
                f"{kind} {one.pid}"
                for kind, those in self._processes().items()
                if kind not in stays
                for one in those
            ),
            *(lock.name for lock in locks if not stays and is_held(lock)),
        ]

    def _start(self, words: Sequence[object]) -> subprocess.Popen[str]:
        # Whatever it starts is known by the folder that it is in.
        return subprocess.Popen(
            [*COMMAND, *map(str, words)],
            cwd=self.home,
            env=environment(HOME=str(self.home), SCRATCH=str(self.scratch), JOBS="2"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _kill(self, kind: str, chance: random.Random) -> str | None:
        """Kill one of a kind, or of another if there is none."""
        found = self._processes()
        for one in (kind, *chance.sample(VICTIMS, len(VICTIMS))):
            with suppress(psutil.NoSuchProcess, KeyError):
                chance.choice(found[one]).kill()
                return one
        return None

    def _processes(self) -> dict[str, list[psutil.Process]]:
        found: dict[str, list[psutil.Process]] = {}
        for pid in sorted(processes_of(self.home)):
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                found.setdefault(_kind(process.cmdline()), []).append(process)
        return found


def _kind(words: list[str]) -> str:
    line = " ".join(words)
    if "database.server.watcher" in line:
        return "watcher"
    if line.startswith("postgres:"):
        return "session" if "127.0.0.1(" in line else "helper"
    if "-D" in words and words[0].endswith("postgres"):
        return "postmaster"
    if "spawn_main" in line:
        return "worker"
    # Python's own that counts semaphores, and initdb, are none of these.
    return "driver" if "crash_rate_aggregates" in words else "other"


def _ended(command: subprocess.Popen[str], began: float, killed: str | None) -> Ended:
    try:
        _, stderr = command.communicate(timeout=_LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        command.kill()
        _, stderr = command.communicate()
        stderr += f"\nTraceback: it hung for {_LONGEST_SECONDS} seconds"
    return Ended(command.returncode, stderr, time.monotonic() - began, killed)
