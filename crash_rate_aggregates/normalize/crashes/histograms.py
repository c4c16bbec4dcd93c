"""Crash counts from the keyed histograms of a ping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from crash_rate_aggregates.dimensions import MAX_LENGTH
from crash_rate_aggregates.normalize.dimension_values import scalar_text
from crash_rate_aggregates.normalize.values import IntegerLiteral

_MAX_COUNT_DIGITS = 10
_COUNT_LIMIT = 2**31


_WITH_DUMP = {
    "content": "content_crashes",
    "plugin": "plugin_crashes",
    "gmplugin": "gmplugin_crashes",
    "gpu": "gpu_crashes",
}
"""By key of SUBPROCESS_CRASHES_WITH_DUMP, which names a process: the stat of its count."""
_KILL_HARD = {"ShutDownKill": "content_shutdown_crashes"}
"""Likewise by key of SUBPROCESS_KILL_HARD."""


MAX_PROCESSES = 50
"""Of one ping's histogram, the first by name: there are a dozen."""


class ChildCrashes(NamedTuple):
    """Crashes of child processes that one ping reports."""

    counts: Mapping[str, int]
    """By stat; one that is left out is 0."""
    by_process: tuple[tuple[str, int], ...]
    """Those with a dump by process, whatever it is called, sorted; none of 0."""
    is_bad: bool
    """Some count or container was none and stands as 0."""


NO_CHILD_CRASHES = ChildCrashes({}, (), is_bad=False)


def child_crashes(keyed_histograms: Any, with_dump: Any, kill_hard: Any) -> ChildCrashes:
    """Read the keys of SUBPROCESS_CRASHES_WITH_DUMP and SUBPROCESS_KILL_HARD.

    Args:
        keyed_histograms: False where payload.keyedHistograms is there and no object.
        with_dump: payload.keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP, or None.
        kill_hard: payload.keyedHistograms.SUBPROCESS_KILL_HARD, or None.
    """
    # Nearly all pings: no process of theirs crashed.
    if with_dump is None and kill_hard is None and keyed_histograms is not False:
        return NO_CHILD_CRASHES
    dumped, is_bad_dump = _counts(with_dump)
    killed, is_bad_kill = _counts(kill_hard)
    counts = {
        stat: histogram[key]
        for histogram, stats in ((dumped, _WITH_DUMP), (killed, _KILL_HARD))
        for key, stat in stats.items()
        if key in histogram
    }
    return ChildCrashes(
        counts, _by_process(dumped), is_bad_dump or is_bad_kill or keyed_histograms is False
    )


def _counts(keyed_histogram: Any) -> tuple[dict[str, int], bool]:
    """Return the counts by key, those of 0 left out, and whether one of them is bad."""
    if keyed_histogram is None:
        return {}, False
    if not isinstance(keyed_histogram, Mapping):
        return {}, True
    counts = {key: _entry_count(entry) for key, entry in keyed_histogram.items()}
    return {key: count for key, count in counts.items() if count}, None in counts.values()


def _by_process(dumped: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    by_process: Counter[str] = Counter()
    for key, count in dumped.items():
        by_process[(scalar_text(key[:MAX_LENGTH]) or "")[:MAX_LENGTH]] += count
    return tuple(sorted(by_process.items())[:MAX_PROCESSES])


def _entry_count(histogram: Any) -> int | None:
    """Return one entry's count; 0 of null, None if it is bad."""
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
    # Told by its length: Python refuses to convert 5,000 digits, and takes long for fewer.
    is_short = isinstance(literal, IntegerLiteral) and len(literal) <= _MAX_COUNT_DIGITS
    number = int(literal) if is_short else -1
    # -0 is an integer literal too, and in bounds.
    return number if 0 <= number < _COUNT_LIMIT else None
