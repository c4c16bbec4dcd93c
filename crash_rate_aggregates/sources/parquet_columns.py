"""Columns of Arrow as the values that JSON would have in their place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from crash_rate_aggregates.decode.layouts.places import Content, Place
from crash_rate_aggregates.normalize.values import IntegerLiteral, NumberLiteral

Path: TypeAlias = tuple[str, ...]
_UTC = pa.timestamp("us", "UTC")
_WRAPPERS = ({"list"}, {"element"}, {"item"}, {"array"}, {"bag"}, {"array_element"})


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
        return json_values(column.dictionary_decode())
    if pa.types.is_null(kind):
        return [None] * len(column)
    if pa.types.is_boolean(kind):
        return list(column.to_pylist())
    if pa.types.is_nested(kind):
        return _whole_values(column)
    if _is_text(kind):
        return _texts(column)
    return _numbers_and_times(column)


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
    return list(column.cast(pa.string()).to_pylist())


def _literals(column: pa.Array, literal: Callable[[str], Any]) -> list[Any]:
    return [None if value is None else literal(str(value)) for value in column.to_pylist()]


def _float_literal(text: str) -> NumberLiteral | None:
    """Return a number's literal; NaN is how some writers say that there is none."""
    return None if text == "nan" else NumberLiteral(text)


def _whole_values(column: pa.Array) -> list[Any]:
    """Return nested values; a list that is empty is None, as nothing is to be read of it."""
    kind = column.type
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    if is_list and not pc.any(pc.greater(pc.list_value_length(column), 0)).as_py():
        return [None] * len(column)
    return [_plain(value) or None for value in column.to_pylist()]


def _plain(value: Any) -> Any:
    """Unwrap the lists that Parquet nests in groups, and say maps as lists of key and value."""
    if isinstance(value, dict):
        if set(value) in _WRAPPERS:
            return _plain(next(iter(value.values())))
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_entry(each) for each in value]
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return IntegerLiteral(str(value))
    return NumberLiteral(repr(value)) if isinstance(value, float) else value


def _plain_entry(entry: Any) -> Any:
    if isinstance(entry, tuple):
        key, value = entry
        return {"key": _plain(key), "value": _plain(value)}
    return _plain(entry)
