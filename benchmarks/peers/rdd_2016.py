"""The algorithm of 2016: RDDs of lines, json.loads, map, filter and reduceByKey in Python.

With today's rules where they decide a group, so that sums can be compared, and a guard for lines
that are no JSON, which stopped it in 2016.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import date, timedelta
from typing import Any

from benchmarks.peers.local_spark import local_session
from benchmarks.sums import write_groups
from crash_rate_aggregates.dimensions import COMPARABLE_DIMENSIONS

_DAY = date(2016, 3, 14)
_CHILDREN = ("content", "plugin", "gmplugin", "gpu")


def main(pings: str, output: str, cores: str) -> None:
    """Group the day."""
    with local_session(cores) as session:
        lines = session.sparkContext.textFile(pings)
        pairs = lines.map(_decoded).filter(_is_valid).map(_pair)
        groups = pairs.reduceByKey(_added, int(cores)).collect()
    write_groups(output, ((*key, *sums) for key, sums in groups))


def _decoded(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _at(ping: Any, *path: str) -> Any:
    for key in path:
        if not isinstance(ping, dict):
            return None
        ping = ping.get(key)
    return ping


def _doc_type(ping: Any) -> Any:
    return _at(ping, "meta", "docType") or _at(ping, "type")


def _stated_date(ping: Any) -> date | None:
    is_main = _doc_type(ping) == "main"
    path = ("payload", "info", "subsessionStartDate") if is_main else ("payload", "crashDate")
    try:
        return date.fromisoformat((_at(ping, *path) or _at(ping, "creationDate"))[:10])
    except (TypeError, ValueError):
        return None


def _is_valid(ping: Any) -> bool:
    length = _at(ping, "payload", "info", "subsessionLength")
    build_id = _at(ping, "environment", "build", "buildId")
    return (
        _doc_type(ping) in ("main", "crash")
        and _at(ping, "meta", "submissionDate") in (None, f"{_DAY:%Y%m%d}")
        and isinstance(build_id, str)
        and re.match(r"^\d{14}$", build_id) is not None
        and _stated_date(ping) is not None
        and (length is None or isinstance(length, int))
    )


def _pair(ping: Any) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    stated = _stated_date(ping) or _DAY
    activity_date = max(min(stated, _DAY), _DAY - timedelta(days=7))
    dimensions = (_text(_at(ping, *path)) for path in COMPARABLE_DIMENSIONS)
    is_crash = _doc_type(ping) == "crash"
    seconds = _at(ping, "payload", "info", "subsessionLength") or 0
    with_dump = _at(ping, "payload", "keyedHistograms", "SUBPROCESS_CRASHES_WITH_DUMP")
    sums = (
        0 if is_crash else 1,
        min(max(seconds, 0), 90_000),
        int(is_crash and (_at(ping, "payload", "processType") or "main") == "main"),
        *(_at(with_dump, child, "values", "0") or 0 for child in _CHILDREN),
    )
    return (activity_date.isoformat(), *dimensions), sums


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    # As in 2016, what cannot be encoded becomes a question mark.
    return None if value is None else str(value).encode("utf-8", "replace").decode()


def _added(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(one + other for one, other in zip(left, right, strict=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
