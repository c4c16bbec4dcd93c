"""What nobody foresaw, as one error of ours: faults of drivers, of the machine, and our defects."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from crash_rate_aggregates.errors import (
    CrashRateAggregatesError,
    DatabaseError,
    DefectError,
    EngineError,
    MachineError,
    SourceError,
)

TRACEBACK_VARIABLE = "CRASH_RATE_AGGREGATES_TRACEBACK"
"""Environment variable; whatever it holds, the traceback is printed above the sentence.

No setting: a settings file may be what fails.
"""
_PACKAGE = Path(__file__).resolve().parent
_PLACES = 4
# By name and not by class: a command that failed before it came to a driver need not load it.
_OF_DRIVERS: dict[str, type[CrashRateAggregatesError]] = {
    "psycopg": DatabaseError,
    "duckdb": EngineError,
    "_duckdb": EngineError,
    "pyarrow": EngineError,
    "pyspark": EngineError,
    "py4j": EngineError,
    "obstore": SourceError,
    "botocore": SourceError,
    # A worker that the kernel ended, as for want of memory.
    "concurrent": MachineError,
}


def unforeseen(error: BaseException) -> CrashRateAggregatesError:
    """Return the error that says in one sentence what went wrong, and where in this program.

    Args:
        error: Raised by a driver or by the operating system and by nobody expected, or a defect.
    """
    kind = _kind(error)
    reason = str(error).strip().partition("\n")[0]
    named = f"{type(error).__name__}: {reason}" if reason else type(error).__name__
    said = kind(f"{named} (at {', '.join(_places(error)) or 'no line of ours'}); {_REMEDIES[kind]}")
    said.__cause__ = error
    return said


def traceback_wanted(error: BaseException) -> str | None:
    """Return the whole traceback if the environment asks for it."""
    if not os.environ.get(TRACEBACK_VARIABLE):
        return None
    return "".join(traceback.format_exception(error))


_AGAIN = f"run it again, and if it stays report it with all that {TRACEBACK_VARIABLE}=1 adds"
_REMEDIES: dict[type[CrashRateAggregatesError], str] = {
    DatabaseError: f"see PostgreSQL's log and {_AGAIN}",
    EngineError: _AGAIN,
    SourceError: f"check the place of the pings and {_AGAIN}",
    MachineError: f"mend what the system names and run it again; {TRACEBACK_VARIABLE}=1 shows more",
    DefectError: f"this is a defect: report it with all that {TRACEBACK_VARIABLE}=1 adds",
}


def _kind(error: BaseException) -> type[CrashRateAggregatesError]:
    for one in type(error).__mro__:
        package = one.__module__.partition(".")[0]
        if package in _OF_DRIVERS:
            return _OF_DRIVERS[package]
    # No memory, or a library that cannot be loaded, is no defect; and a worker's or a server's end
    # meets us as a closed pipe.
    of_machine = isinstance(error, OSError | MemoryError | EOFError | ImportError)
    return MachineError if of_machine else DefectError


def _places(error: BaseException) -> list[str]:
    """Return the last lines of ours that it passed, the innermost first: enough for a report."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _PACKAGE in Path(frame.filename).parents]
    return [
        f"{Path(frame.filename).relative_to(_PACKAGE)}:{frame.lineno}"
        for frame in reversed(ours[-_PLACES:])
    ]
