"""Run the program as a user does, for the tests of the command line and of faults."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import IO
from unittest import TestCase

import psutil

from crash_rate_aggregates import cli
from test.engines.made_days import DAY

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "crash_rate_aggregates")
TIMEOUT = 120
"""Seconds after which a command hangs, for the tests."""


def environment(**settings: str) -> dict[str, str]:
    """Return the process's environment without its settings of ours, and with the given ones."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CRASH_RATE_AGGREGATES_")
    }
    ours = {f"CRASH_RATE_AGGREGATES_{name}": value for name, value in settings.items()}
    return {**kept, "PYTHONPATH": str(PROJECT), **ours}


def run_flags(pings: Path, url: str) -> list[str]:
    """Say that `DAY` of these pings goes into that database."""
    return ["run", "--submission-date", str(DAY), "--pings", str(pings), "--database", url]


def command(
    *arguments: str | Path,
    cwd: Path,
    program: Sequence[str] = COMMAND,
    prepare: Callable[[], None] | None = None,
    **settings: str,
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; settings go into its environment."""
    return subprocess.run(
        [*program, *map(str, arguments)],
        cwd=cwd,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
        preexec_fn=prepare,
    )


def typed_on(stdout: IO[str], *arguments: str | Path) -> tuple[int, str]:
    """Run one command in this process with such a stdout; return its exit code and stderr."""
    terminated = signal.getsignal(signal.SIGTERM)
    try:
        with redirect_stdout(stdout), redirect_stderr(StringIO()) as stderr:
            code = cli.main(list(map(str, arguments)))
    finally:
        signal.signal(signal.SIGTERM, terminated)
    return code, stderr.getvalue()


def full() -> IO[str]:
    """Open a device that has no room."""
    return open("/dev/full", "w", encoding="utf-8")


def unread() -> IO[str]:
    """Open a pipe whose reader has left, as `true` and `head` do."""
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w", encoding="utf-8")


def started(*arguments: str | Path, cwd: Path, **settings: str) -> subprocess.Popen[str]:
    """Start one command in a process group of its own, as a shell does."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended_after(process: subprocess.Popen[str], seconds: float) -> bool:
    """Wait that long at most; tell whether the process has ended."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def assert_interrupted(
    test: TestCase, process: subprocess.Popen[str], *, timeout: float, number: int = signal.SIGINT
) -> None:
    """Press Ctrl-C, or send another signal; hold that it ends with code 1, one line, no trace."""
    os.killpg(process.pid, number)
    _, errors = process.communicate(timeout=timeout)
    test.assertEqual(process.returncode, 1, errors)
    test.assertRegex(errors.splitlines()[-1], r"^error: interrupted.* \[interrupted\]$")
    test.assertNotIn("Traceback", errors)


def wait_for_reader(path: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a worker of the process has a file open: the day is being read."""
    while not any(has_open(child, path) for child in descendants(process)):
        if ended_after(process, 0.02):
            raise AssertionError(process.communicate())


def has_open(process: psutil.Process, path: Path) -> bool:
    """Tell whether a process has a file open."""
    try:
        return any(Path(file.path) == path.resolve() for file in process.open_files())
    except psutil.Error:  # It has ended meanwhile.
        return False


def descendants(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return the processes that a command has started."""
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
