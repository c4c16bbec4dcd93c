"""Draw by shares from a few bits of a client's digest, without a random generator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

SLOTS = 4096
"""Of a table: a share is exact to 1 in 4,096."""
SLOT_BITS = SLOTS - 1
"""What of a number says its slot."""
_Item = TypeVar("_Item")


def spread(shares: Iterable[tuple[float, _Item]]) -> tuple[_Item, ...]:
    """Return a table of `SLOTS` in which each item fills its share; the last one fills the rest.

    Args:
        shares: Each from 0 to 1, which together give 1 or less.
    """
    table: list[_Item] = []
    total = 0.0
    last: _Item | None = None
    for share, item in shares:
        total += share
        table.extend([item] * (round(total * SLOTS) - len(table)))
        last = item
    if last is not None:
        table.extend([last] * (SLOTS - len(table)))
    return tuple(table[:SLOTS])
