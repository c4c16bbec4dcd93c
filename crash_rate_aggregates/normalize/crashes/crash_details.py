"""What a crash ping says of its crash beside the process: the class, and what a utility did."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from crash_rate_aggregates.dimensions import MAX_LENGTH
from crash_rate_aggregates.normalize.dimension_values import scalar_text
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.values import is_string
from crash_rate_aggregates.outcomes import (
    ABSENT_PROCESS_TYPE,
    MAIN_PROCESS,
    UTILITY_PROCESS,
    CrashClass,
)

SHUTDOWN_KILL: Final = "ShutDownKill"
"""What ipc_channel_error says of a child that was killed at shutdown; other reasons are crashes."""
_TRUE: Final = frozenset({"1", "true"})


class CrashDetails(NamedTuple):
    """What a crash ping says of its crash."""

    process: str
    """The process type, `main` where it names none."""
    actors: str | None
    """What a utility process did, names parted by `, `; None for all other processes."""
    crash_class: str
    """A `CrashClass`'s value."""
    is_startup: bool
    """Whether it crashed before it had started."""


def crash_details(process_type: str, fields: PingFields) -> CrashDetails:
    """Return what a crash ping says of its crash.

    Args:
        process_type: As the ledger names it.
        fields: Of the ping.
    """
    process = MAIN_PROCESS if process_type == ABSENT_PROCESS_TYPE else process_type
    return CrashDetails(
        process,
        _actors(fields.utility_actors) if process == UTILITY_PROCESS else None,
        _class_of(fields, process).value,
        _says_so(fields.startup_crash),
    )


def _class_of(fields: PingFields, process: str) -> CrashClass:
    """Return the class: a kill at shutdown, else the first of Mozilla's that fits.

    The kill first, though Mozilla looks for it last: the stats count it as no crash whatever else
    it says, and by class there must be as many crashes as they count.
    """
    if process != MAIN_PROCESS and fields.ipc_channel_error == SHUTDOWN_KILL:
        return CrashClass.SHUTDOWN_KILL
    if fields.oom_allocation_size is not None:
        return CrashClass.OUT_OF_MEMORY
    if fields.background_task is not None:
        return CrashClass.BACKGROUND_TASK
    if fields.shutdown_timeout is not None:
        return CrashClass.SHUTDOWN_HANG
    return CrashClass.NONE


def _says_so(value: Any) -> bool:
    # v4 pings have annotations, which are texts; Glean pings and tables have booleans.
    return value is True or (is_string(value) and value.lower() in _TRUE)


def _actors(said: Any) -> str | None:
    """Return the names of actors as one text, sorted and each once; None for none."""
    names = said if isinstance(said, list) else str(said).split(",") if is_string(said) else []
    texts = {scalar_text(name.strip()) for name in names if is_string(name)}
    return ", ".join(sorted(text for text in texts if text))[:MAX_LENGTH] or None
