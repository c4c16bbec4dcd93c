"""A place in a raw ping where a value may lie, and how the value is read there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from crash_rate_aggregates.normalize.values import IntegerLiteral, is_string, value_at

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{2}:[0-9]{2}(?::[0-9.]+)?(?:Z| UTC|\+00:00)?", re.ASCII
)


class Content(Enum):
    """What the fast path expects at a place; the plain path takes anything everywhere."""

    SCALAR = "a string, true, false or null"
    INTEGER = "an integer or null"
    WHOLE = "any value, which is decoded whole"
    BRANCHES = "an object of objects with a member `branch`, or null"


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Place:
    """One path, and what the value there stands for."""

    path: tuple[str, ...]
    """Keys from the ping's root."""
    convert: Callable[[Any], Any] = _as_it_is
    """From a value that is present to what the rules read; None makes it absent."""
    content: Content = Content.SCALAR

    @property
    def is_unchanged(self) -> bool:
        """Whether the rules read what is there just as it is."""
        return self.convert is _as_it_is

    @property
    def is_plain(self) -> bool:
        """Whether the rules read a scalar there just as it is."""
        return self.content is Content.SCALAR and self.is_unchanged

    def value(self, raw: Any) -> Any:
        """Return what the place of a decoded ping holds, None if it is absent."""
        found = value_at(raw, self.path)
        return None if found is None else self.convert(found)


Places = Sequence[Place]
"""Places in the order in which they are tried: the first value that is present decides."""


def first_value(raw: Any, places: Places) -> Any:
    """Return the value at the first place that has one, else None."""
    for place in places:
        value = place.value(raw)
        if value is not None:
            return value
    return None


def utc_date(timestamp: Any) -> Any:
    """Return the date of a UTC timestamp, like 2019-08-31T04:05:06.789Z; others stay as they are.

    So a timestamp that is none, or that states another zone, becomes a bad submission date.
    """
    match = _TIMESTAMP.fullmatch(timestamp) if is_string(timestamp) else None
    return match[1] if match else timestamp


def integer_from_text(value: Any) -> Any:
    """Return the integer that a string stands for, as BigQuery exports INT64; else the value."""
    # Only what JSON could have as an integer: `007` and `+7` stay strings, and are bad values.
    return IntegerLiteral(value) if is_string(value) and _INTEGER.fullmatch(value) else value


def stated(value: str) -> Place:
    """Return a place that every ping has: what its file says of all of them."""
    return Place((), lambda _: value)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one kind of ping has what."""

    mark: tuple[str, ...]
    """A scalar that pings of this kind have, and others do not: by it a stray one is known."""
    fields: Mapping[str, Places]
    """By name of a `PingFields` field; one that is left out is always absent."""
    dimension: Callable[[tuple[str, ...]], Places]
    """From a dimension's path, which is that of a v4 ping since 2016, to its places here."""
    keyed_histograms: tuple[str, ...] | None = None
    """The container of the histograms; if it is there and no object, they are bad."""
