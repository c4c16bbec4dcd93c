"""JSON values as the rules read them: numbers keep their literal, null is absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class NumberLiteral(str):
    """A JSON number as written, of any length: never rounded, never slow to convert."""

    __slots__ = ()


class IntegerLiteral(NumberLiteral):
    """A number written without fraction and exponent: `-?(0|[1-9][0-9]*)`."""

    __slots__ = ()


def value_at(raw: Any, path: Sequence[str]) -> Any:
    """Return what lies at the path, or None: null and a path through no object are absent."""
    for key in path:
        # A decoder's own objects are told at once; to ask for a Mapping costs ten times as much.
        if type(raw) is not dict and (raw is None or not isinstance(raw, Mapping)):
            return None
        raw = raw.get(key)
    return raw


def is_string(value: Any) -> bool:
    """Tell a JSON string from a number's literal, which is a `str` in Python too."""
    return type(value) is str
