"""Child processes that end: by themselves, or killed with all that they started."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import psutil

_MOST_SHOWN = 6000


def finished(
    command: Sequence[str | Path], *, seconds: float, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return what it wrote, whatever its exit code.

    Args:
        command: The program and its arguments.
        seconds: How long it may take.
        options: Of `subprocess.Popen`.

    Raises:
        AssertionError: It took longer; the text ends with the output so far.
    """
    # Files, because a pipe that a grandchild holds has no end.
    with TemporaryFile() as stdout, TemporaryFile() as stderr:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, **options
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            written = _text(stdout) + _text(stderr)
            name = Path(command[0]).name
            raise AssertionError(
                f"{name} was still running after {seconds:g} s: {written[-_MOST_SHOWN:]}"
            ) from None
        return subprocess.CompletedProcess(command, code, _text(stdout), _text(stderr))


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill it and its descendants, those in sessions of their own too, as Ansible's are."""
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    for child in children:
        child.kill()
    psutil.wait_procs(children, timeout=10)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
