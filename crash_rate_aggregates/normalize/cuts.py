"""The dimensions by which the tables beside `crash_aggregates` are cut, and how values are folded.

Distinct clients do not add up, so values that are to be one must be one before they are counted.
The database folds rows of `crash_aggregates` by functions of the same rules; a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from crash_rate_aggregates.rows import CUT_NAMES

NOTHING_CUT: Final[tuple[str | None, ...]] = (None,) * len(CUT_NAMES)
"""Of a ping without any."""
CHANNELS: Final = ("release", "beta", "aurora", "nightly", "esr")
"""Those that have a name; all others are `other`."""
_OTHER: Final = "other"
_TWO_NUMBERS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", re.ASCII)


def folded_channel(channel: str) -> str:
    """Return the channel, `other` for one without a name: crash_channel() of the database."""
    return channel if channel in CHANNELS else _OTHER


def folded_os_version(version: str) -> str:
    """Return its first two numbers, `other` without any: crash_os_version() of the database."""
    found = _TWO_NUMBERS.match(version)
    return _OTHER if found is None else found[0]


_FOLDED: Final[Mapping[str, Callable[[str], str]]] = {
    "channel": folded_channel,
    "os_version": folded_os_version,
}


def cut_of(dimensions: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return the values of `CUT_NAMES`, folded; None where a ping or a run does not have one."""
    if dimensions.keys().isdisjoint(CUT_NAMES):
        return NOTHING_CUT
    return tuple(_folded(name, dimensions.get(name)) for name in CUT_NAMES)


def _folded(name: str, value: str | None) -> str | None:
    fold = _FOLDED.get(name)
    return value if value is None or fold is None else fold(value)
