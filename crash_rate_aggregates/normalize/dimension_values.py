"""Dimension values: any JSON scalar as text that PostgreSQL's jsonb takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from crash_rate_aggregates.dimensions import MAX_LENGTH, Dimension
from crash_rate_aggregates.storable_text import storable

_CACHE_SIZE = 50_000
_encode = msgspec.json.Encoder().encode


def scalar_text(value: Any) -> str | None:
    """Return a scalar as text: `true`, a number's literal, a string as it is; else None."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if type(value) is str and value.isascii() and value.isprintable():
        return value  # As nearly all are, and it is told at once.
    return storable(value) if isinstance(value, str) else None


class DimensionTexts:
    """Turn the values of one ping's dimensions into one JSON object's text.

    Keys stand in the order of the dimensions, absent ones are left out, so equal texts mean equal
    values. Combinations repeat from ping to ping, so the last ones are kept ready.
    """

    def __init__(self, dimensions: Sequence[Dimension]) -> None:
        self._names = [dimension.name for dimension in dimensions]
        self._cache: dict[tuple[Any, ...], tuple[str, bool]] = {}

    def text(self, values: tuple[Any, ...]) -> tuple[str, bool]:
        """Return the JSON text, and whether a value was cut to 200 code points.

        Args:
            values: One value a dimension: a str, a bool or None.
        """
        known = self._cache.get(values)
        if known is None:
            known = self._encode(values)
            if known[1]:
                return known  # Not kept: a hostile value can have megabytes.
            # All at once: to find the oldest would cost each ping, and those in use come back.
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            self._cache[values] = known
        return known

    def _encode(self, values: tuple[Any, ...]) -> tuple[str, bool]:
        present = {}
        shortened = False
        for name, value in zip(self._names, values, strict=True):
            text = scalar_text(value)
            if text is None:
                continue
            if len(text) > MAX_LENGTH:
                text = text[:MAX_LENGTH]
                shortened = True
            present[name] = text
        return _encode(present).decode(), shortened
