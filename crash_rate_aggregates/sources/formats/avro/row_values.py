"""Values of rows as the values that JSON would have in their place."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from math import isnan
from typing import Any, TypeAlias

from crash_rate_aggregates.normalize.values import IntegerLiteral, NumberLiteral
from crash_rate_aggregates.sources.formats.avro.avro_types import AvroType, UnsoundAvroError
from crash_rate_aggregates.sources.formats.avro.skipping import item_count, long_at, prefixed_at

Read: TypeAlias = Callable[[bytes, int], tuple[Any, int]]
"""From data and a place to a value, and the place behind it; it raises what a skip raises."""
_FLOATS = {"float": struct.Struct("<f"), "double": struct.Struct("<d")}


class Readers:
    """The readers of types, each made once, as a type may stand in many places."""

    def __init__(self) -> None:
        self._known: dict[AvroType, Read] = {}

    def of(self, kind: AvroType) -> Read:
        """Return what reads one value.

        Integers are `IntegerLiteral`, other numbers `NumberLiteral`, NaN is None; bytes are texts
        with U+FFFD for what is no UTF-8, maps lists of key and value, as in BigQuery's tables.
        """
        if kind not in self._known:
            self._known[kind] = self._made(kind)
        return self._known[kind]

    def _made(self, kind: AvroType) -> Read:
        match kind.kind:
            case "record":
                made = _record([(name, self.of(part)) for name, part in kind.fields])
            case "union":
                made = _choice([self.of(part) for part in kind.parts])
            case "array":
                made = _list_of(self.of(kind.parts[0]))
            case "map":
                made = _list_of(_record([("key", _text), ("value", self.of(kind.parts[0]))]))
            case "enum":
                made = _choice([_always(symbol) for symbol in kind.symbols])
            case "float" | "double":
                made = _float(_FLOATS[kind.kind])
            case "fixed":
                made = _fixed(kind.size)
            case other:
                made = _SCALARS[other]
        return made


def _boolean(data: bytes, at: int) -> tuple[Any, int]:
    return data[at] != 0, at + 1


def _integer(data: bytes, at: int) -> tuple[Any, int]:
    number, at = long_at(data, at)
    return IntegerLiteral(str(number)), at


def _text(data: bytes, at: int) -> tuple[Any, int]:
    start, end = prefixed_at(data, at)
    return data[start:end].decode("utf-8", "replace"), end


def _always(value: Any) -> Read:
    return lambda _, at: (value, at)


_SCALARS: dict[str, Read] = {
    "null": _always(None),
    "boolean": _boolean,
    "int": _integer,
    "long": _integer,
    "bytes": _text,
    "string": _text,
}


def _fixed(size: int) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        if at + size > len(data):
            raise IndexError
        return data[at : at + size].decode("utf-8", "replace"), at + size

    return read


def _float(form: struct.Struct) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        # struct has an error of its own for this, and all other reading raises IndexError.
        if at + form.size > len(data):
            raise IndexError
        number = form.unpack_from(data, at)[0]
        return None if isnan(number) else NumberLiteral(repr(number)), at + form.size

    return read


def _record(fields: Sequence[tuple[str, Read]]) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        found = {}
        for name, field in fields:
            found[name], at = field(data, at)
        return found, at

    return read


def _choice(branches: Sequence[Read]) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        number, at = long_at(data, at)
        if not 0 <= number < len(branches):
            raise UnsoundAvroError(f"a value of the branch {number} of {len(branches)}")
        return branches[number](data, at)

    return read


def _list_of(item: Read) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        found = []
        count, at = item_count(data, at)
        while count:
            for _ in range(count):
                start = at
                value, at = item(data, at)
                found.append(value)
                # A slice behind the end is empty and no error, so a text may have led beyond it.
                if at > len(data):
                    raise IndexError
                if at == start:  # All the others are the same, and there may be 2**63.
                    break
            count, at = item_count(data, at)
        return found, at

    return read
