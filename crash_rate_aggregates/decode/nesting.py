"""Deeply nested or overfull JSON: explicit limits on every path, no recursion that could run out.

The C decoders recurse, and give up at a depth that depends on the Python version. Up to
`NESTING_LIMIT` this module decodes what they cannot.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

NESTING_LIMIT = 32_768
"""Levels of objects and arrays; a ping with more is unreadable. Firefox's have about 7."""

SHORT_TEXT = 2 * NESTING_LIMIT
"""A text of so many bytes is within all limits: a level costs two bytes, and so does a value."""
MAX_VALUES = 500_000
"""Commas and opening brackets in one JSON text, those in strings too; a ping with more is
unreadable. Nothing else is as cheap to count, and a text has no more values and no more keys than
these, which in Python take up to 300 bytes each. Firefox sends no ping over 1 MiB."""

# Possessive (`*+`), so without a way back: a hostile text takes linear time.
_STRUCTURE_OR_SCALAR = re.compile(
    r'[ \t\n\r]*(?:([][{}:,])|("[^"\\]*+(?:\\.[^"\\]*+)*+"|[^][{}:," \t\n\r]+))', re.DOTALL
)
_NOT_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^][{}"]+', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}


def may_nest_too_deep(line: bytes | memoryview) -> bool:
    """Tell cheaply whether valid JSON could nest beyond the limit; False is certain.

    Each level costs two bytes, and the closing ones stand at the end of the line, so most lines
    need no look at all.
    """
    if len(line) <= SHORT_TEXT:
        return False
    opening = bytes(line[: len(line) - NESTING_LIMIT])
    return opening.count(b"{") + opening.count(b"[") > NESTING_LIMIT


def has_too_many_values(line: bytes | memoryview) -> bool:
    """Tell whether a text has more than `MAX_VALUES`, whatever it is; most need no look at all."""
    if len(line) <= MAX_VALUES:
        return False
    text = bytes(line)
    return text.count(b",") + text.count(b"{") + text.count(b"[") > MAX_VALUES


def nests_too_deep(text: str) -> bool:
    """Tell exactly, for text that is valid JSON."""
    depth = 0
    for bracket in _NOT_STRUCTURE.sub("", text):
        depth += 1 if bracket in "{[" else -1
        if depth > NESTING_LIMIT:
            return True
    return False


def loads_nested(text: str, scalar: Callable[[str], Any]) -> Any:
    """Decode JSON without recursion.

    Args:
        text: A JSON text.
        scalar: Decodes one string, number, true, false or null, and raises ValueError for others.

    Raises:
        ValueError: It is no JSON, or nests beyond the limit.
    """
    return _Builder(scalar).build(text)


class _Builder:
    """Containers that are open, and what may come next in the innermost one."""

    def __init__(self, scalar: Callable[[str], Any]) -> None:
        self._scalar = scalar
        self._open: list[tuple[str, Any]] = []
        self._keys: list[str] = []
        self._expects = "value"
        self._result: Any = None

    def build(self, text: str) -> Any:
        position = 0
        # JSON's own white space: Python's would strip more, and take what is no JSON.
        end = len(text.rstrip(" \t\n\r"))
        while position < end:
            match = _STRUCTURE_OR_SCALAR.match(text, position)
            if match is None:
                raise ValueError(f"no JSON at character {position}")
            position = match.end()
            if match[1]:
                self._structure(match[1])
            else:
                self._take_scalar(match[2])
        if self._expects != "end":
            raise ValueError("the JSON text breaks off")
        return self._result

    def _structure(self, character: str) -> None:
        if character in _CLOSING:
            self._begin(character)
        elif character == ":":
            self._require("colon")
            self._expects = "value"
        elif character == ",":
            self._require("comma or close")
            self._expects = "key" if self._open[-1][0] == "{" else "value"
        else:
            self._finish(character)

    def _require(self, *expected: str) -> None:
        if self._expects not in expected:
            raise ValueError(f"expected {self._expects}")

    def _begin(self, bracket: str) -> None:
        self._require("value", "value or close")
        if len(self._open) >= NESTING_LIMIT:
            raise ValueError(f"nested over {NESTING_LIMIT} levels")
        self._open.append((bracket, {} if bracket == "{" else []))
        self._expects = "key or close" if bracket == "{" else "value or close"

    def _finish(self, bracket: str) -> None:
        self._require("comma or close", "key or close", "value or close")
        opened, container = self._open.pop()
        if _CLOSING[opened] != bracket:
            raise ValueError(f"expected {_CLOSING[opened]}")
        self._add(container)

    def _take_scalar(self, token: str) -> None:
        value = self._scalar(token)
        if self._expects.startswith("key"):
            # The decoder of scalars takes numbers too.
            if not token.startswith('"'):
                raise ValueError("a key is no string")
            self._keys.append(value)
            self._expects = "colon"
            return
        self._require("value", "value or close")
        self._add(value)

    def _add(self, value: Any) -> None:
        if not self._open:
            self._result, self._expects = value, "end"
            return
        bracket, container = self._open[-1]
        if bracket == "{":
            # Of equal keys the last wins, as in the decoder that this one stands in for.
            container[self._keys.pop()] = value
        else:
            container.append(value)
        self._expects = "comma or close"
