"""A storm over embedded servers: processes are killed at random moments, and all must go on.

Each round has writers, kills some processes while the server starts or works, then every client
that is left, and asks the next command for all that was ever committed. In the end nothing may be
left over, in whatever order that is looked at.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil

from crash_rate_aggregates.database.server.file_locks import is_held
from crash_rate_aggregates.database.server.folder import ServerFiles
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from test.database.server.homes import VERSION, empty_home, left_over_in, processes_of, wait_until

# Says each number once it is committed; ends when the server does.
WRITER = """
import sys
from itertools import count
from pathlib import Path
import psycopg
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])).running() as url:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS numbers (writer text, number integer)")
        for number in count(1):
            connection.execute("INSERT INTO numbers VALUES (%s, %s)", [sys.argv[2], number])
            print(number, flush=True)
"""
# The next command: says how many numbers of a writer there are, up to one.
READER = """
import sys
from pathlib import Path
import psycopg
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])).running() as url, psycopg.connect(url) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS numbers (writer text, number integer)")
    query = "SELECT count(DISTINCT number) FROM numbers WHERE writer = %s AND number <= %s"
    for writer, number in zip(sys.argv[2::2], map(int, sys.argv[3::2])):
        print(*connection.execute(query, [writer, number]).fetchone())
"""
VICTIMS = ("client", "watcher", "postmaster", "process")
"""`process` is any of those that the server has: a session, the checkpointer, an I/O worker."""
NEXT_SECONDS = 5.0
"""In which the next command answers, Python's own start included, on a machine that is idle."""
_BUSY = 5
"""Times what an undisturbed one takes, if that is more: on a machine that others keep busy."""
FIRST_SECONDS = 60.0
"""The same for one that has to make the data."""
_FRESH_SHARE, _KEPT_SHARE, _EARLY_SHARE, _AT_ONCE_SHARE = 0.05, 0.1, 0.5, 0.5


@dataclass
class Figures:
    """What a storm did, and what came of it."""

    rounds: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    """Each with its round: something left over, lost or late."""
    next_seconds: list[float] = field(default_factory=list)
    """Of each next command that found data."""
    gone_seconds: list[float] = field(default_factory=list)
    """From the end of the last client until nothing was left."""

    def __str__(self) -> str:
        kills = ", ".join(f"{number} {victim}" for victim, number in sorted(self.killed.items()))
        return (
            f"{self.rounds} rounds, {self.killed.total()} kills ({kills}): {len(self.faults)} "
            f"faults; next command after {_spread(self.next_seconds)}, "
            f"{sum(seconds > NEXT_SECONDS for seconds in self.next_seconds)} later than "
            f"{NEXT_SECONDS:.0f} s; nothing left after {_spread(self.gone_seconds)}"
        )


def _spread(seconds: list[float]) -> str:
    return f"{median(seconds):.2f} s, at most {max(seconds):.2f} s"


class Storm:
    """A storm of which a seed decides everything but the clock."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  Chance by seed is the purpose.
        self._home = empty_home()
        self._limit = NEXT_SECONDS
        self.figures = Figures()

    def blow(self, rounds: int) -> Figures:
        """Go through so many rounds."""
        self._ask(self._home, {}, FIRST_SECONDS)
        self._limit = max(NEXT_SECONDS, _BUSY * self._ask(self._home, {}, FIRST_SECONDS))
        for _ in range(rounds):
            self.figures.rounds += 1
            self._round()
        return self.figures

    def _round(self) -> None:
        chance = self._chance
        fresh = chance.random() < _FRESH_SHARE
        home = empty_home() if fresh else self._home
        kept = not fresh and chance.random() < _KEPT_SHARE
        if kept:
            EmbeddedServer(home).start()
        writers = {
            f"{self.figures.rounds}.{number}": self._writer(home, f"{self.figures.rounds}.{number}")
            for number in range(chance.randint(1, 2))
        }
        self._wait(next(iter(writers.values())), home, fresh=fresh)
        self._kill_some(home)
        committed = {name: self._end(writer) for name, writer in writers.items()}
        ended = time.monotonic()
        limit = FIRST_SECONDS if fresh else self._limit
        if kept or chance.random() < _AT_ONCE_SHARE:
            self._ask(home, committed, limit)
            ended = time.monotonic()
            if kept:
                EmbeddedServer(home).stop()
            self._assert_nothing_left(home, ended)
        else:
            self._assert_nothing_left(home, ended)
            self._ask(home, committed, limit)
            self._assert_nothing_left(home, time.monotonic())
        half_made = list(ServerFiles.in_home(home, VERSION).folder.glob("new-*"))
        if half_made:
            self._fault(f"{half_made} was left")

    def _writer(self, home: Path, name: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", WRITER, home, name],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _wait(self, writer: subprocess.Popen[str], home: Path, *, fresh: bool) -> None:
        """Wait for a moment of the start, from the first process on, or of the work."""
        assert writer.stdout is not None
        if self._chance.random() < _EARLY_SHARE:
            files = ServerFiles.in_home(home, VERSION)
            wait_until(lambda: is_held(files.watcher_lock) or list(files.folder.glob("new-*")))
            time.sleep(self._chance.uniform(0, 3.0 if fresh else 0.3))
        else:
            writer.stdout.readline()
            time.sleep(self._chance.uniform(0, 0.3))

    def _kill_some(self, home: Path) -> None:
        """Kill one process of a kind, or of several, as far as there are any at this moment."""
        found: dict[str, list[int]] = {}
        for pid in sorted(processes_of(home)):
            with suppress(psutil.Error):
                found.setdefault(self._kind(psutil.Process(pid)), []).append(pid)
        kinds = self._chance.sample(VICTIMS, len(VICTIMS))
        there = [kind for kind in kinds if kind in found][: self._chance.choice((1, 1, 2, 3))]
        for kind in there:
            # SIGTERM as when the machine shuts down, and from `kill`.
            number = self._chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))
            with suppress(ProcessLookupError):
                os.kill(self._chance.choice(found[kind]), number)
                self.figures.killed[kind] += 1

    @staticmethod
    def _kind(process: psutil.Process) -> str:
        words = process.cmdline()
        if any(word.endswith("database.server.watcher") for word in words):
            return "watcher"
        if "-D" in words and words[0].endswith("postgres"):
            return "postmaster"
        return "process" if words[0].startswith("postgres") else "client"

    def _end(self, writer: subprocess.Popen[str]) -> int:
        """Kill a writer; return the last number that it says is committed."""
        writer.kill()
        said, _ = writer.communicate()
        # The last line may be cut.
        return int(
            (["0"] + [line for line in said.splitlines(keepends=True) if line[-1:] == "\n"])[-1]
        )

    def _ask(self, home: Path, committed: dict[str, int], limit: float) -> float:
        """Ask the next command for what was committed; return the seconds that it took."""
        began = time.monotonic()
        words = [str(word) for pair in committed.items() for word in pair]
        done = subprocess.run(
            [sys.executable, "-c", READER, home, *words],
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - began
        if limit != FIRST_SECONDS:
            self.figures.next_seconds.append(seconds)
        if done.returncode or seconds > limit:
            self._fault(f"the next command took {seconds:.1f} s: {done.stderr[-2000:]}")
        elif list(map(int, done.stdout.split())) != list(committed.values()):
            self._fault(f"{committed} was committed, there is {done.stdout.split()}")
        return seconds

    def _assert_nothing_left(self, home: Path, since: float) -> None:
        left = left_over_in(home)
        self.figures.gone_seconds.append(time.monotonic() - since)
        if left:
            self._fault(f"{left} are left over")
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _fault(self, what: str) -> None:
        self.figures.faults.append(f"round {self.figures.rounds}: {what}")
