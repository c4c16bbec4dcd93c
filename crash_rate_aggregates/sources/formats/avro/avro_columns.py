"""Values of rows as the values that JSON would have in their place, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from crash_rate_aggregates.decode.layouts.places import Content, Place
from crash_rate_aggregates.normalize.values import IntegerLiteral, NumberLiteral
from crash_rate_aggregates.sources.formats.avro.avro_types import AvroType
from crash_rate_aggregates.sources.formats.parquet_columns import json_values
from crash_rate_aggregates.sources.formats.table_rows import Path

_NESTED = ("record", "array", "map")
_INTEGERS = ("int", "long")
_FLOATS = ("float", "double")
_TIMES: Final[Mapping[str, pa.DataType]] = {
    "date": pa.date32(),
    "time-millis": pa.time32("ms"),
    "time-micros": pa.time64("us"),
    "timestamp-millis": pa.timestamp("ms", "UTC"),
    "timestamp-micros": pa.timestamp("us", "UTC"),
    "timestamp-nanos": pa.timestamp("ns", "UTC"),
    "local-timestamp-millis": pa.timestamp("ms"),
    "local-timestamp-micros": pa.timestamp("us"),
    "local-timestamp-nanos": pa.timestamp("ns"),
}
_SUBMITTED = ("submission_timestamp",)


def type_at(row: AvroType, path: Path) -> AvroType | None:
    """Return the type of what is there at a path through records, None if nothing can be."""
    found: AvroType | None = row
    for key in path:
        if found is None or found.present.kind != "record":
            return None
        found = found.present.field(key)
    return found and found.present


def has_column(row: AvroType, place: Place) -> bool:
    """Tell whether rows have a column that can be read at a place, as in Parquet.

    One of several types, or of decimals, is none: BigQuery has the first nowhere, and no rule reads
    the second.
    """
    kind = type_at(row, place.path)
    if kind is None or not place.path or kind.is_empty:
        return False
    if kind.kind == "union" or kind.logical == "decimal":
        return False
    return place.content is Content.WHOLE or kind.kind not in _NESTED


def columns_of(
    rows: Sequence[Mapping[str, Any]], row: AvroType, paths: set[Path]
) -> Mapping[Path, list[Any]]:
    """Return the values at some paths of decoded rows, as a JSON decoder of ours gives them."""
    decoded: dict[Path, list[Any]] = {(): list(rows)}
    return {path: _json(_values(path, decoded), row, path) for path in paths}


def _values(path: Path, decoded: dict[Path, list[Any]]) -> list[Any]:
    """Return what lies at a path, row by row; what was found for its start is used again."""
    if path not in decoded:
        key = path[-1]
        above = _values(path[:-1], decoded)
        decoded[path] = [None if value is None else value[key] for value in above]
    return decoded[path]


def _json(values: list[Any], row: AvroType, path: Path) -> list[Any]:
    kind = type_at(row, path)
    assert kind is not None  # noqa: S101  For the type checker: the columns that are read are there.
    # BigQuery's older exports have times as numbers without a word on what they are.
    time = _TIMES.get(kind.logical or ("timestamp-micros" if path == _SUBMITTED else ""))
    if kind.kind in _INTEGERS and time:
        return json_values(pa.array(values, pa.int64()).cast(time, safe=False))
    if kind.kind in _FLOATS:
        return json_values(pa.array(values, pa.float64()))
    if kind.kind in {"string", "boolean", "enum"}:
        return values
    return [_plain(value, kind) or None for value in values]


def _plain(value: Any, kind: AvroType) -> Any:
    """Return one value as JSON has it; a map is a list of key and value, as in BigQuery's tables.

    Of what container of several an odd one is, nothing says: it is absent.
    """
    if isinstance(value, (dict, list)):
        return _plain_container(value, kind)
    if isinstance(value, int) and not isinstance(value, bool):
        return IntegerLiteral(str(value))
    if isinstance(value, float):
        return NumberLiteral(repr(value))
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _plain_container(value: Any, kind: AvroType) -> Any:
    match kind.kind:
        case "array":
            return [_plain(each, kind.parts[0].present) for each in value]
        case "map":
            part = kind.parts[0].present
            return [{"key": key, "value": _plain(each, part)} for key, each in value.items()]
        case "record":
            return {name: _plain(value[name], part.present) for name, part in kind.fields}
    return None
