"""Keyed histograms as BigQuery has them: a list of key and value, the value a text.

The text is the histogram's JSON, or shorter (mozilla/bigquery-etl sql/mozfun/hist/extract):
`5` is a count, `2,3` are a boolean's false and true, and
`3;2;5;1,2;0:0,1:5` is bucket count; type; sum; range; values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.decode.remembered import remembered
from crash_rate_aggregates.normalize.values import IntegerLiteral, is_string

_NUMBER = r"-?(?:0|[1-9][0-9]*)"
_COUNT = re.compile(_NUMBER, re.ASCII)
_BOOLEAN = re.compile(rf"({_NUMBER}),({_NUMBER})", re.ASCII)
_COMPACT = re.compile(
    rf"{_NUMBER};{_NUMBER};({_NUMBER});{_NUMBER},{_NUMBER};"
    rf"((?:{_NUMBER}:{_NUMBER}(?:,{_NUMBER}:{_NUMBER})*)?)",
    re.ASCII,
)


def histograms_by_key(entries: Any) -> Any:
    """Return a keyed histogram as v4 pings have it; what cannot be one stays as it is.

    Args:
        entries: A list of objects with `key` and `value`; of equal keys the last counts.
    """
    if not isinstance(entries, list):
        return entries
    by_key: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, Mapping) or not is_string(entry.get("key")):
            return entries
        by_key[entry["key"]] = _histogram(entry.get("value"))
    return by_key


def _histogram(text: Any) -> Any:
    """Return one histogram's object; what is no text of a histogram stays as it is."""
    if not is_string(text):
        return text
    return _remembered_histogram(text)


def _histogram_of(text: str) -> Any:
    if _COUNT.fullmatch(text):
        return {"sum": IntegerLiteral(text), "values": {"0": IntegerLiteral(text)}}
    if pair := _BOOLEAN.fullmatch(text):
        false, true = map(IntegerLiteral, pair.groups())
        return {"sum": true, "values": {"0": false, "1": true}}
    if parts := _COMPACT.fullmatch(text):
        pairs = (pair.split(":") for pair in parts[2].split(",") if pair)
        values = {bucket: IntegerLiteral(count) for bucket, count in pairs}
        return {"sum": IntegerLiteral(parts[1]), "values": values}
    try:
        return decode_json(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return text


_remembered_histogram = remembered(_histogram_of)
