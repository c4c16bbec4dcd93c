"""Values of any type are read, and passed over, as an independent reader does."""

from __future__ import annotations

import struct
import unittest
from io import BytesIO
from itertools import count
from typing import Any, NamedTuple

import fastavro
from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.normalize.values import IntegerLiteral, NumberLiteral
from crash_rate_aggregates.sources.formats.avro.avro_types import (
    AvroType,
    UnsoundAvroError,
    row_type,
)
from crash_rate_aggregates.sources.formats.avro.row_columns import ColumnReader
from crash_rate_aggregates.sources.formats.avro.row_values import Readers
from crash_rate_aggregates.sources.formats.avro.skipping import Skips, long_at
from test.property_tests import examples
from test.sources.mirrors.avro import encoded, number

_INTEGERS = st.sampled_from([0, 1, -1, 63, 64, 2**31 - 1, -(2**31)])
_FLOATS = st.sampled_from([0.0, 1.5, -2.25, 1e30])
_TEXTS = st.sampled_from(["", "a", "é" * 31, "x" * 63, "x" * 64, "x" * 9000])
_SCALARS = {
    "null": st.none(),
    "boolean": st.booleans(),
    "int": _INTEGERS,
    "long": st.one_of(_INTEGERS, st.sampled_from([2**63 - 1, -(2**63)])),
    "float": _FLOATS.map(lambda value: struct.unpack("<f", struct.pack("<f", value))[0]),
    "double": _FLOATS,
    "bytes": st.binary(max_size=70),
    "string": _TEXTS,
}


class Typed(NamedTuple):
    """A schema, and values of it."""

    schema: Any
    values: st.SearchStrategy[Any]


_scalars = st.sampled_from([Typed(name, values) for name, values in _SCALARS.items()])
_names = (f"N{each}" for each in count())


def _array(item: Typed) -> Typed:
    return Typed({"type": "array", "items": item.schema}, st.lists(item.values, max_size=3))


def _map(item: Typed) -> Typed:
    keys = st.sampled_from(["", "a", "gpu"])
    return Typed(
        {"type": "map", "values": item.schema}, st.dictionaries(keys, item.values, max_size=2)
    )


def _nullable(item: Typed, *, is_null_first: bool) -> Typed:
    schema = ["null", item.schema] if is_null_first else [item.schema, "null"]
    return Typed(schema, st.one_of(st.none(), item.values))


def _record(fields: list[Typed]) -> Typed:
    named = {f"f{place}": field for place, field in enumerate(fields)}
    declared = [{"name": name, "type": field.schema} for name, field in named.items()]
    values = st.fixed_dictionaries({name: field.values for name, field in named.items()})
    return Typed({"type": "record", "name": next(_names), "fields": declared}, values)


def _fixed(size: int) -> Typed:
    schema = {"type": "fixed", "name": next(_names), "size": size}
    return Typed(schema, st.binary(min_size=size, max_size=size))


def _enum(symbols: list[str]) -> Typed:
    schema = {"type": "enum", "name": next(_names), "symbols": symbols}
    return Typed(schema, st.sampled_from(symbols))


def _takes_bytes(item: Typed) -> bool:
    return item.schema != "null" and not (
        isinstance(item.schema, dict)
        and item.schema["type"] == "record"
        and all(field["type"] == "null" for field in item.schema["fields"])
    )


_leaves = st.one_of(
    _scalars,
    st.integers(1, 3).map(_fixed),
    st.sampled_from([["A"], ["A", "B"]]).map(_enum),
)


def _containers(items: st.SearchStrategy[Typed]) -> st.SearchStrategy[Typed]:
    solid = items.filter(_takes_bytes)
    return st.one_of(
        solid.map(_array),
        solid.map(_map),
        st.builds(
            _nullable,
            solid.filter(lambda item: not isinstance(item.schema, list)),
            is_null_first=st.booleans(),
        ),
        st.lists(solid, min_size=1, max_size=6).map(_record),
    )


types = st.recursive(_leaves, _containers, max_leaves=12)


def as_json(value: Any, kind: AvroType) -> Any:
    """Return a value of fastavro's as our JSON decoder would have it."""
    kind = kind.present
    match value:
        case bool() | None | str():
            found: Any = value
        case int():
            found = IntegerLiteral(value)
        case float():
            found = NumberLiteral(repr(value))
        case bytes():
            found = value.decode("utf-8", "replace")
        case list():
            found = [as_json(each, kind.parts[0]) for each in value]
        case _ if kind.kind == "map":
            pairs = value.items()
            found = [{"key": key, "value": as_json(each, kind.parts[0])} for key, each in pairs]
        case _:
            found = {name: as_json(value[name], part) for name, part in kind.fields}
    return found


class ValuesTest(unittest.TestCase):
    @examples(3)
    @given(types.filter(_takes_bytes), st.data())
    def test_any_type(self, typed: Typed, data: st.DataObject) -> None:
        """Values are read, and passed over, to the very byte, as fastavro reads them."""
        value = data.draw(typed.values)
        stored = encoded(typed.schema, value)
        row = {"type": "record", "name": "Row", "fields": [{"name": "x", "type": typed.schema}]}
        kind = row_type(row).fields[0][1]
        behind = b"\x02rest"
        self.assertEqual(Skips().of(kind)(stored + behind, 0), len(stored))
        expected = as_json(fastavro.schemaless_reader(BytesIO(stored), typed.schema, None), kind)
        self.assertEqual(Readers().of(kind)(stored + behind, 0), (expected, len(stored)))
        for end in range(max(0, len(stored) - 40), len(stored)):
            self.assertTrue(ends_behind(kind, stored[:end]), end)

    @examples(1)
    @given(
        st.lists(types.filter(_takes_bytes), min_size=1, max_size=12),
        st.sets(st.integers(0, 11)),
        st.integers(0, 4),
        st.data(),
    )
    def test_any_columns(
        self, fields: list[Typed], read: set[int], count: int, data: st.DataObject
    ) -> None:
        """Whichever columns of whichever rows are read, they have the values of fastavro's rows."""
        typed = _record(fields)
        rows = [data.draw(typed.values) for _ in range(count)]
        stored = encoded(typed.schema, *rows)
        row = row_type(typed.schema)
        paths = {(name,) for place, (name, _) in enumerate(row.fields) if place in read}
        reader = ColumnReader(row, paths)
        found = [row for row in reader.rows(stored, count) if row is not None]
        columns = reader.columns(found) if found and paths else {}
        stream = BytesIO(stored)
        decoded: list[Any] = [
            fastavro.schemaless_reader(stream, typed.schema, None) for _ in range(count)
        ]
        for (name,), values in columns.items():
            kind = row.field(name)
            assert kind is not None
            expected = [as_json(each[name], kind) for each in decoded]
            is_list = kind.present.kind in {"array", "map"}
            self.assertEqual(values, [each or None for each in expected] if is_list else expected)


def ends_behind(kind: AvroType, cut: bytes) -> bool:
    """Tell whether a cut value is known as such: by its place, or by the byte that is missing."""
    try:
        return Skips().of(kind)(cut, 0) > len(cut)
    except IndexError:
        return True


class NumbersTest(unittest.TestCase):
    def test_numbers(self) -> None:
        """Numbers of up to 64 bits in up to 10 bytes are read; others are none."""
        for value in (0, -1, 1, 63, 64, -64, -65, 2**31, 2**63 - 1, -(2**63)):
            stored = number(value)
            self.assertEqual(long_at(b"\0" + stored + b"\0", 1), (value, 1 + len(stored)))
        for stored in (b"\xff" * 10 + b"\x01", b"\xff" * 9 + b"\x02", b"\x80" * 10):
            with self.assertRaisesRegex(UnsoundAvroError, "more than 64 bits"):
                long_at(stored, 0)
        with self.assertRaises(IndexError):
            long_at(b"\x80", 0)


class RunsTest(unittest.TestCase):
    def test_runs_of_nulls(self) -> None:
        """Of 5,000 columns that may be null one is found between the nulls, and beside other zeros.

        Zero bytes in a number of fixed width, or in a text, are not taken for columns.
        """
        kinds: list[Any] = [["null", "string"] for _ in range(5000)]
        kinds[10], kinds[11], kinds[12], kinds[13] = "double", "long", "boolean", "string"
        fields = [{"name": f"f{place}", "type": kind} for place, kind in enumerate(kinds)]
        schema = {"type": "record", "name": "Row", "fields": fields}
        row: dict[str, Any] = {field["name"]: None for field in fields}
        row |= {"f10": 0.0, "f11": 0, "f12": False, "f13": "\0\0", "f9": "\0", "f4999": "last"}
        row |= {"f2500": "x", "f2499": "y" * 64}
        stored = encoded(schema, row, row)
        paths = {(name,) for name in ("f13", "f2500", "f4999", "f2499", "f14")}
        reader = ColumnReader(row_type(schema), paths)
        rows = [row for row in reader.rows(stored, 2) if row is not None]
        self.assertEqual(
            reader.columns(rows),
            {(name,): [row[name]] * 2 for (name,) in paths},
        )


if __name__ == "__main__":
    unittest.main()
