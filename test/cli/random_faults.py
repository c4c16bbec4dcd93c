"""Faults at the border to the libraries: the n-th call of one of them fails as it can fail."""

from __future__ import annotations

import builtins
import errno
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import StringIO
from typing import Any
from unittest import TestCase
from unittest.mock import patch

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet

from test.cli.command_line import typed_on

SENTENCE = r"^error: .+ \[[a-z-]+\]$"
_SYSTEM = tuple(
    OSError(number, os.strerror(number))
    for number in (errno.ENOSPC, errno.EIO, errno.EMFILE, errno.EACCES, errno.ENOMEM, errno.EPIPE)
)
_POSTGRES = (
    psycopg.OperationalError("the connection is lost\nand more of it"),
    psycopg.InterfaceError("the connection is closed"),
    psycopg.errors.DiskFull("could not extend file"),
    psycopg.errors.AdminShutdown("terminating connection"),
    psycopg.errors.InsufficientPrivilege("permission denied"),
    psycopg.errors.UndefinedTable("relation does not exist"),
    psycopg.DataError("a value is out of range"),
)
_DUCKDB = (
    duckdb.IOException("/data/uninterrupted/x: No space left on device"),
    duckdb.OutOfMemoryException("out of memory"),
    duckdb.Error(""),
)
_ARROW = (pa.ArrowInvalid("bad column"), pa.ArrowMemoryError("malloc of size 8"), *_SYSTEM)
_Fault = tuple[Any, str, Sequence[BaseException]]
BORDER: Sequence[_Fault] = (
    (psycopg.Connection, "connect", _POSTGRES[:1]),
    (psycopg.Connection, "execute", _POSTGRES),
    (psycopg.Connection, "transaction", _POSTGRES[:2]),
    (psycopg.Connection, "close", _POSTGRES[:1]),
    (psycopg.Cursor, "execute", _POSTGRES),
    (psycopg.Cursor, "stream", _POSTGRES),
    (psycopg.Cursor, "fetchall", _POSTGRES),
    (psycopg.Cursor, "fetchone", _POSTGRES),
    (psycopg.Cursor, "copy", _POSTGRES),
    (psycopg.Copy, "write", _POSTGRES),
    (duckdb, "connect", _DUCKDB),
    (pyarrow.parquet, "ParquetFile", _ARROW),
    (pyarrow.parquet, "ParquetWriter", _ARROW),
    (builtins, "open", _SYSTEM),
    (os, "open", _SYSTEM),
    (os, "mkdir", _SYSTEM),
    (os, "scandir", _SYSTEM),
    (os, "listdir", _SYSTEM),
    (os, "stat", _SYSTEM),
    (os, "rename", _SYSTEM),
    (os, "replace", _SYSTEM),
    (os, "fsync", _SYSTEM),
    (os, "unlink", _SYSTEM),
    (os, "rmdir", _SYSTEM),
)
"""What is called, and what it can raise. Classes of C cannot be patched: those are left out."""


class _Calls:
    """Counts calls over the border, and lets one of them fail."""

    def __init__(self, failing: int | None, chance: random.Random) -> None:
        self.number = 0
        self.failed: str | None = None
        self._failing = failing
        self._chance = chance

    def through(self, name: str, call: Callable[..., Any], faults: Sequence[BaseException]) -> Any:
        """Return what makes the same call, if it is not the one that fails."""

        def counted(*arguments: Any, **named: Any) -> Any:
            self.number += 1
            if self.number == self._failing:
                fault = self._chance.choice(faults)
                self.failed = f"{name}: {fault!r}"
                raise fault.with_traceback(None)
            return call(*arguments, **named)

        return counted

    def connected(self, connect: Callable[..., Any]) -> Any:
        """Return what connects to DuckDB, whose own class cannot be patched."""
        return lambda **named: _DuckDB(self, connect(**named))


class _DuckDB:
    """A connection to DuckDB whose calls are counted."""

    def __init__(self, calls: _Calls, connection: duckdb.DuckDBPyConnection) -> None:
        self._calls = calls
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        """Return the connection's method, counted."""
        return self._calls.through(f"duckdb.{name}", getattr(self._connection, name), _DUCKDB)


@contextmanager
def counted_calls(failing: int | None = None, seed: int = 0) -> Iterator[_Calls]:
    """Count the calls made inside; the one of that number, from 1 on, fails."""
    calls = _Calls(failing, random.Random(seed))  # noqa: S311  Not for secrets.
    with ExitStack() as stack:
        for owner, name, faults in BORDER:
            found = vars(owner)[name]
            label = f"{owner.__name__}.{name}"
            if isinstance(found, classmethod):
                stand_in: Any = classmethod(calls.through(label, found.__func__, faults))
            elif owner is duckdb:
                stand_in = calls.through(label, calls.connected(found), faults)
            else:
                stand_in = calls.through(label, found, faults)
            stack.enter_context(patch.object(owner, name, stand_in))
        yield calls


def hold_under_faults(
    test: TestCase, commands: Sequence[Sequence[str]], number: int, seed: int
) -> None:
    """Let so many calls fail, over all commands by turns, and hold how each command ends.

    That is: with an exit code of ours that is not that of a mistyped command, and where it is
    not 0 with one sentence and its slug as the last line; never with a traceback.
    """
    chance = random.Random(seed)  # noqa: S311  Not for secrets.
    calls = [_number_of_calls(test, command) for command in commands]
    failed = 0
    for turn in range(number):
        command, most = commands[turn % len(commands)], calls[turn % len(commands)]
        failing = chance.randint(1, most)
        with StringIO() as stdout, counted_calls(failing, chance.randrange(1 << 30)) as counted:
            code, errors = typed_on(stdout, *command)
        failed += code != 0
        with test.subTest(command=command, failing=failing, fault=counted.failed, errors=errors):
            test.assertNotIn("Traceback", errors)
            test.assertIn(code, (0, 1, 3))
            if code:
                test.assertRegex(errors.splitlines()[-1], SENTENCE)
    test.assertGreater(failed, number // 3)


def _number_of_calls(test: TestCase, command: Sequence[str]) -> int:
    with StringIO() as stdout, counted_calls() as calls:
        code, errors = typed_on(stdout, *command)
    test.assertIn(code, (0, 3), errors)
    return calls.number
