"""Columns of Arrow as the values that JSON would have in their place."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crash_rate_aggregates.decode.layouts.places import Content, Place
from crash_rate_aggregates.normalize.values import IntegerLiteral, NumberLiteral
from crash_rate_aggregates.sources.formats.table_rows import Path

# As the specification, older Arrow, Avro and Hive name the groups around entries.
_WRAPPERS = {"list", "element", "item", "array", "bag", "array_element"}
_ENTRY = {"key", "value"}


def has_column(schema: pa.Schema, place: Place) -> bool:
    """Tell whether a schema has a column that can be read at a place.

    A struct where a scalar is expected is none: an object is no value there in JSON either.
    """
    found: pa.Schema | pa.DataType = schema
    for key in place.path:
        if not isinstance(found, pa.Schema) and not pa.types.is_struct(found):
            return False
        number = found.get_field_index(key)
        if number < 0:
            return False
        found = found.field(number).type
    is_whole = place.content is Content.WHOLE
    return bool(place.path) and (is_whole or not pa.types.is_nested(found))


def column_at(batch: pa.RecordBatch, path: Path) -> pa.Array:
    """Return the column at a path through structs; below a struct that is null all is null."""
    column = batch.column(path[0])
    return pc.struct_field(column, list(path[1:])) if path[1:] else column


def json_values(column: pa.Array) -> list[Any]:
    """Return a column's values as a JSON decoder of ours gives them; null and NaN are None.

    Integers are `IntegerLiteral`, other numbers `NumberLiteral`, times texts in UTC, bytes texts
    with U+FFFD for what is no UTF-8, maps lists of key and value.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _dictionary_values(column)
    if pa.types.is_null(kind):
        return [None] * len(column)
    if pa.types.is_boolean(kind):
        return list(column.to_pylist())
    if pa.types.is_nested(kind):
        return _whole_values(column)
    if _is_text(kind):
        return _texts(column)
    return _numbers_and_times(column)


def _dictionary_values(column: pa.DictionaryArray) -> list[Any]:
    """Return the values that rows have; rows share those that they have in common."""
    used = column.indices.dictionary_encode()
    values = json_values(column.dictionary.take(used.dictionary))
    return [None if index is None else values[index] for index in used.indices.to_pylist()]


def _is_text(kind: pa.DataType) -> bool:
    tests = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_binary_view,
        pa.types.is_fixed_size_binary,
    )
    return any(test(kind) for test in tests)


def _texts(column: pa.Array) -> list[Any]:
    try:
        values = column.to_pylist()
    except UnicodeDecodeError:  # Parquet's strings are not checked to be UTF-8.
        values = column.cast(pa.large_binary()).to_pylist()
    return [_text(value) if isinstance(value, bytes) else value for value in values]


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _numbers_and_times(column: pa.Array) -> list[Any]:
    kind = column.type
    if pa.types.is_timestamp(kind):
        # Parquet stores the moment in UTC; the zone is only how its writer would show it.
        shown = column.cast(pa.timestamp(kind.unit, "UTC") if kind.tz else kind)
        return list(shown.cast(pa.string()).to_pylist())
    if pa.types.is_integer(kind):
        return _literals(column, IntegerLiteral)
    if pa.types.is_floating(kind):
        return _literals(column.cast(pa.float64()), _float_literal)
    if pa.types.is_decimal(kind):
        return _literals(column, NumberLiteral)
    # Dates and times of day: as texts, which is how JSON has them.
    return list(column.cast(pa.string()).to_pylist())


def _literals(column: pa.Array, literal: Callable[[str], Any]) -> list[Any]:
    return [None if value is None else literal(str(value)) for value in column.to_pylist()]


def _float_literal(text: str) -> NumberLiteral | None:
    """Return a number's literal; NaN is how some writers say that there is none."""
    return None if text == "nan" else NumberLiteral(text)


def _whole_values(column: pa.Array) -> list[Any]:
    """Return nested values; a list that is empty is None, as nothing is to be read of it."""
    column = _unwrapped(column)
    kind = column.type
    if not pa.types.is_list(kind) and not pa.types.is_large_list(kind):
        return [_plain(value) or None for value in column.to_pylist()]
    # Not `.values`: those of lists that are null are in it too.
    entries = _unwrapped(column.flatten())
    if pa.types.is_struct(entries.type) and {field.name for field in entries.type} == _ENTRY:
        keys, values = (json_values(pc.struct_field(entries, [name])) for name in ("key", "value"))
        plain = [{"key": key, "value": value} for key, value in zip(keys, values, strict=True)]
    else:
        plain = [_plain(entry) for entry in entries.to_pylist()]
    rest = iter(plain)
    # The length of a list that is null is null too.
    lengths = pc.list_value_length(column).to_pylist()
    return [list(islice(rest, length)) if length else None for length in lengths]


def _unwrapped(column: pa.Array) -> pa.Array:
    """Return what lies in the groups that Parquet nests lists in."""
    kind = column.type
    while pa.types.is_struct(kind) and kind.num_fields == 1 and kind.field(0).name in _WRAPPERS:
        column = pc.struct_field(column, [0])
        kind = column.type
    return column


def _plain(value: Any) -> Any:
    """Return a nested value as JSON has it; a map's pairs as lists of key and value."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, tuple):
        return {"key": _plain(value[0]), "value": _plain(value[1])}
    if isinstance(value, bytes):
        return _text(value)
    # True is an int to Python, and no number in JSON.
    if isinstance(value, int) and not isinstance(value, bool):
        return IntegerLiteral(str(value))
    return NumberLiteral(repr(value)) if isinstance(value, float) else value
