"""Stdout and stderr that outlast their readers: a fault is remembered, and work goes on.

A day that is computed must not depend on its report. So no write fails: after the first fault of
stdout the rest is dropped, and `entry.main` says so once, at the end.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

# A row of a table stays as wide as it is where one character stands for one.
_ASCII = {
    "…": "~",
    "\N{MULTIPLICATION SIGN}": "x",
    "→": ">",
    "↵": "|",
    "─": "-",
    "\N{REPLACEMENT CHARACTER}": "?",
}
"""What stands for the characters that this program prints itself, where stdout has not got them."""
_ENCODING_ERRORS = "crash-rate-aggregates-readable"


class _LastingFile(io.RawIOBase):
    """A file descriptor to which every write succeeds."""

    def __init__(self, descriptor: int, *, drops_rest: bool) -> None:
        self.fault: OSError | None = None
        self._descriptor = descriptor
        self._drops_rest = drops_rest

    def fileno(self) -> int:
        """Return the descriptor; it stays open when this object goes."""
        return self._descriptor

    def isatty(self) -> bool:
        """Tell whether a person looks on."""
        return os.isatty(self._descriptor)

    def writable(self) -> bool:
        """Tell that this is for writing."""
        return True

    def write(self, data: Any, /) -> int:  # A buffer, which has no type before Python 3.12.
        """Write some of it, or drop all; return how many bytes that were."""
        size = memoryview(data).nbytes
        if self.fault is not None and self._drops_rest:
            return size
        try:
            return self._written(data)
        except OSError as error:
            self.fault = self.fault or error
            return size

    def _written(self, data: Any) -> int:
        while True:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                # Another program on the same terminal or pipe may have left it non-blocking.
                select.select([], [self._descriptor], [])


class LastingText(io.TextIOWrapper):
    """What stands for sys.stdout or sys.stderr while a command runs."""

    reports_work = False
    """Whether what was done is told here, and not the answer to a question."""
    is_fault_told = False
    """Whether somebody has answered for the fault already."""

    def __init__(self, descriptor: int, like: TextIO | None, *, drops_rest: bool) -> None:
        self._file = _LastingFile(descriptor, drops_rest=drops_rest)
        super().__init__(
            io.BufferedWriter(self._file),
            encoding=like.encoding if like is not None else "utf-8",
            errors=_ENCODING_ERRORS,
            line_buffering=not drops_rest or self._file.isatty(),
        )

    @property
    def fault(self) -> OSError | None:
        """Why not all of what was flushed has arrived; None if it has."""
        return self._file.fault


@contextmanager
def lasting_streams() -> Iterator[None]:
    """Put streams that never fail in the place of sys.stdout and sys.stderr, flushed at the end."""
    codecs.register_error(_ENCODING_ERRORS, _readable)
    before = sys.stdout, sys.stderr
    # With stdout the rest is dropped: a gap would go unnoticed. On stderr each line is for itself.
    sys.stdout = _lasting(before[0], 1, drops_rest=True)
    sys.stderr = _lasting(before[1], 2, drops_rest=False)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # None, of a closed descriptor, would fail whatever is printed from here on.
        sys.stdout, sys.stderr = (
            old if old is not None else new
            for old, new in zip(before, (sys.stdout, sys.stderr), strict=True)
        )


def stdout_fault() -> OSError | None:
    """Return why stdout did not take all that was printed until now; None if it did."""
    sys.stdout.flush()
    return sys.stdout.fault if isinstance(sys.stdout, LastingText) else None


def is_reader_gone(fault: OSError) -> bool:
    """Tell whether the reader has closed its end, as `head` does when it has seen enough."""
    return fault.errno == errno.EPIPE


def _lasting(stream: TextIO | None, usual: int, *, drops_rest: bool) -> TextIO:
    if stream is None:
        _open_nowhere(usual, os.O_RDONLY if drops_rest else os.O_WRONLY)
        return LastingText(usual, None, drops_rest=drops_rest)
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):  # Not a file: a test's or a notebook's stream.
        return stream
    return LastingText(descriptor, stream, drops_rest=drops_rest)


def _open_nowhere(descriptor: int, flags: int) -> None:
    """Open what the caller has closed (`>&-`).

    Else the next file that is opened, as the connection to the database, gets its number, and with
    it what programs that we start print. What is not open for writing fails, and that is told.
    """
    opened = os.open(os.devnull, flags)
    if opened != descriptor:
        os.dup2(opened, descriptor)
        os.close(opened)
    os.set_inheritable(descriptor, True)


def _readable(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding has not got: ours by ASCII, others by their number in hex."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    rest = error.object[error.start : error.end]
    shown = (_ASCII.get(one) or one.encode("ascii", "backslashreplace").decode() for one in rest)
    return "".join(shown), error.end
