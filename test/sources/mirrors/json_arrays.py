"""Writes objects as one array, in the shapes that programs print arrays in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any


def _one_line(rows: Sequence[Any]) -> str:
    return json.dumps(rows, separators=(",", ":"))


def _spaced(rows: Sequence[Any]) -> str:
    return json.dumps(rows) + "\n"


def _pretty(rows: Sequence[Any]) -> str:
    return json.dumps(rows, indent=2) + "\n"


def _a_line_each(rows: Sequence[Any]) -> str:
    return "[" + ",\n ".join(map(json.dumps, rows)) + "]\n"


def _comma_first(rows: Sequence[Any]) -> str:
    return "[\n" + "\n,".join(map(json.dumps, rows)) + "\n]\n"


SHAPES: Mapping[str, Callable[[Sequence[Any]], str]] = {
    "one line": _one_line,
    "spaced": _spaced,
    "pretty": _pretty,
    "a line each": _a_line_each,
    "comma first": _comma_first,
}
"""`bq query --format=json` prints one line, `--format=prettyjson` the pretty one."""


def json_array(rows: Iterable[Any], shape: str = "one line") -> bytes:
    """Write objects as an array of a shape."""
    return SHAPES[shape](list(rows)).encode()
