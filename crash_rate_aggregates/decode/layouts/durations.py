"""Glean's timespans: a value and its unit."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from crash_rate_aggregates.decode.layouts.places import integer_from_text
from crash_rate_aggregates.normalize.values import IntegerLiteral

_SECONDS: Final[Mapping[str, Fraction]] = {
    "nanosecond": Fraction(1, 1_000_000_000),
    "microsecond": Fraction(1, 1_000_000),
    "millisecond": Fraction(1, 1_000),
    "second": Fraction(1),
    "minute": Fraction(60),
    "hour": Fraction(3_600),
    "day": Fraction(86_400),
}
"""By unit (mozilla/glean, TimeUnit)."""
_MAX_DIGITS = 30
"""Of values that are converted: 10^30 nanoseconds are beyond any session."""


def whole_seconds(timespan: Any) -> Any:
    """Return a timespan in whole seconds, rounded down; what is none stays as it is."""
    if not isinstance(timespan, Mapping):
        return timespan
    value = integer_from_text(timespan.get("value"))
    if not isinstance(value, IntegerLiteral) or len(value) > _MAX_DIGITS:
        return timespan
    unit = timespan.get("time_unit")
    for name, seconds in _SECONDS.items():
        if unit == name:
            return IntegerLiteral(int(value) * seconds.numerator // seconds.denominator)
    return timespan
