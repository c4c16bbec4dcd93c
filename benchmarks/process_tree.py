"""What a program and all processes below it cost. Linux only: the kernel keeps the accounts."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import psutil

from test.cli.tree_memory import share_bytes

_SET_CHILD_SUBREAPER = 36
_SAMPLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run."""

    cpu_seconds: float
    """User and system time of the whole tree."""
    wall_seconds: float
    peak_bytes: int
    """Of proportional set sizes, summed over the tree, sampled five times a second."""


def cost_of(command: Sequence[str]) -> Cost:
    """Run a program to its end, that of its orphans included.

    Raises:
        RuntimeError: It failed; with the end of what it said.
    """
    # Orphans become children of this process, so that their time is accounted to it too.
    ctypes.CDLL(None, use_errno=True).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before, began = _cpu_of_children(), time.monotonic()
    with tempfile.TemporaryFile() as said, _Watch() as watch:
        program = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        code = program.wait()
        wall = time.monotonic() - began
        with suppress(ChildProcessError):
            while True:
                os.wait()
        if code:
            said.seek(0)
            end = said.read()[-2000:].decode(errors="replace")
            raise RuntimeError(f"{' '.join(command)} ended with {code}: {end}")
    # The kernel's account is exact, but has nothing of children whose parent ignores their end, as
    # PySpark's daemon does. What was seen of each process lacks at most its last fifth of a second.
    cpu_seconds = max(_cpu_of_children() - before, sum(watch.cpu_seconds.values()))
    return Cost(cpu_seconds, wall, watch.peak_bytes)


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Watch(threading.Thread):
    """Samples all processes below this one."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self.cpu_seconds: dict[psutil.Process, float] = {}
        """Of each process, as it was seen last."""
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        """Sample until the end."""
        this_process = psutil.Process()
        while not self._ended.wait(_SAMPLE_SECONDS):
            tree = this_process.children(recursive=True)
            self.peak_bytes = max(self.peak_bytes, sum(share_bytes(one.pid) for one in tree))
            for one in tree:
                with suppress(psutil.Error):
                    times = one.cpu_times()
                    self.cpu_seconds[one] = times.user + times.system


if __name__ == "__main__":
    print(cost_of(sys.argv[1:]))
