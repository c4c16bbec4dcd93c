"""The plain path: RFC 8259 by the standard library, numbers as literals."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from crash_rate_aggregates.decode.nesting import (
    has_too_many_values,
    loads_nested,
    may_nest_too_deep,
    nests_too_deep,
)
from crash_rate_aggregates.normalize.values import IntegerLiteral, NumberLiteral


# Python's decoder takes NaN and Infinity, which are no JSON.
def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(
    parse_int=IntegerLiteral, parse_float=NumberLiteral, parse_constant=_no_constant
)


def decode_json(line: bytes) -> Any:
    """Decode one JSON text; of duplicate keys the last wins, bad UTF-8 is replaced by U+FFFD.

    Raises:
        ValueError: It is no JSON, or beyond the limits of nesting and of values.
    """
    if has_too_many_values(line):
        raise ValueError("too many values")
    # A byte that is no UTF-8 costs its character, not the ping: few rules read free text.
    text = line.decode("utf-8", "replace")
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        # At a depth that depends on Python's version; the limit must not.
        return loads_nested(text, _DECODER.decode)
    if may_nest_too_deep(line) and nests_too_deep(text):
        raise ValueError("nested too deep")
    return value
