"""When a found value is as wanted, and what to send where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crash_rate_aggregates.redash.redash_objects import HIDDEN


def is_as_wanted(wanted: Any, found: Any) -> bool:
    """Say if the found value holds all that is wanted; what else an object holds does no harm.

    Args:
        wanted: A JSON value.
        found: A JSON value; a hidden secret agrees with any text.
    """
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            name in found and is_as_wanted(value, found[name]) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(map(is_as_wanted, wanted, found))
        )
    if isinstance(wanted, str) and found == HIDDEN:
        return True
    # Python's True == 1 would let a number pass for a switch.
    return isinstance(wanted, bool) == isinstance(found, bool) and bool(wanted == found)


def merged(wanted: Any, found: Any) -> Any:
    """Return the wanted value with what else the found object holds, so that nothing is lost."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        both = {name: merged(value, found.get(name)) for name, value in wanted.items()}
        return {**found, **both}
    return wanted


def is_tagged(wanted: list[str], found: Any) -> bool:
    """Say if all wanted tags are there; people may add their own."""
    return isinstance(found, list) and set(wanted) <= set(found)


def merged_tags(wanted: list[str], found: Any) -> list[str]:
    """Return the found tags and those that are missing."""
    kept = found if isinstance(found, list) else []
    return [*kept, *(tag for tag in wanted if tag not in kept)]
