"""Crash counts from the keyed histograms of a ping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from crash_rate_aggregates.normalize.values import IntegerLiteral

_MAX_COUNT_DIGITS = 10
_COUNT_LIMIT = 2**31


class ChildCrashes(NamedTuple):
    """Crashes of child processes that one ping reports."""

    content: int
    plugin: int
    gmplugin: int
    gpu: int
    content_shutdown: int
    is_bad: bool
    """Some count or container was none and stands as 0."""


NO_CHILD_CRASHES = ChildCrashes(0, 0, 0, 0, 0, is_bad=False)
_WITH_DUMP = ("content", "plugin", "gmplugin", "gpu")


def child_crashes(keyed_histograms: Any, with_dump: Any, kill_hard: Any) -> ChildCrashes:
    """Read SUBPROCESS_CRASHES_WITH_DUMP and SUBPROCESS_KILL_HARD.ShutDownKill.

    Args:
        keyed_histograms: False where payload.keyedHistograms is there and no object.
        with_dump: payload.keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP, or None.
        kill_hard: payload.keyedHistograms.SUBPROCESS_KILL_HARD, or None.
    """
    if with_dump is None and kill_hard is None and keyed_histograms is not False:
        return NO_CHILD_CRASHES
    counts = [_keyed_count(with_dump, key) for key in _WITH_DUMP]
    counts.append(_keyed_count(kill_hard, "ShutDownKill"))
    is_bad = keyed_histograms is False or None in counts
    return ChildCrashes._make([*(count or 0 for count in counts), is_bad])


def _keyed_count(keyed_histogram: Any, key: str) -> int | None:
    """Return one entry's count; 0 if it is missing, None if it is bad."""
    if keyed_histogram is None:
        return 0
    if not isinstance(keyed_histogram, Mapping):
        return None
    histogram = keyed_histogram.get(key)
    if histogram is None:
        return 0
    return _histogram_count(histogram) if isinstance(histogram, Mapping) else None


def _histogram_count(histogram: Mapping[str, Any]) -> int | None:
    """Return values["0"] if present, else sum, else 0; None if what decides is bad."""
    values = histogram.get("values")
    if values is not None and not isinstance(values, Mapping):
        return None
    count = values.get("0") if values is not None else None
    if count is None:
        count = histogram.get("sum")
    if count is None:
        return 0
    return _count(count)


def _count(literal: Any) -> int | None:
    is_short = isinstance(literal, IntegerLiteral) and len(literal) <= _MAX_COUNT_DIGITS
    number = int(literal) if is_short else -1
    # -0 is an integer literal too, and in bounds.
    return number if 0 <= number < _COUNT_LIMIT else None
