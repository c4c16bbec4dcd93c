"""Rows of BigQuery's exports as Avro, by an independent writer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from itertools import count
from typing import Any

import fastavro
import pyarrow as pa

from test.sources.mirrors.bigquery import CRASH_SCHEMA, MAIN_SCHEMA, bigquery_row, shaped
from test.sources.mirrors.glean import GLEAN_SCHEMA

SYNC = bytes(range(100, 116))
CODECS = ("null", "deflate", "snappy", "zstandard")


def avro_schema(columns: pa.Schema) -> dict[str, Any]:
    """Return columns as BigQuery's exports declare them: nullable but for lists, in namespaces."""
    return _record(columns, "Root", None, count())


def _record(
    columns: Iterable[pa.Field], name: str, namespace: str | None, numbers: Any
) -> dict[str, Any]:
    declared = [
        {"name": column.name, "type": _column(column, namespace, numbers)} for column in columns
    ]
    record: dict[str, Any] = {"type": "record", "name": name, "fields": declared}
    return record | ({"namespace": namespace} if namespace else {})


def _column(column: pa.Field, namespace: str | None, numbers: Any) -> Any:
    if pa.types.is_list(column.type):
        item = pa.field(column.name, column.type.value_type)
        return {"type": "array", "items": _type(item, namespace, numbers)}
    return ["null", _type(column, namespace, numbers)]


def _type(column: pa.Field, namespace: str | None, numbers: Any) -> Any:
    kind = column.type
    if pa.types.is_struct(kind):
        below = f"{namespace or 'root'}.n{next(numbers)}"
        return _record(kind, column.name.capitalize(), below, numbers)
    if pa.types.is_timestamp(kind):
        return {"type": "long", "logicalType": "timestamp-micros"}
    if pa.types.is_integer(kind):
        return "long"
    return "boolean" if pa.types.is_boolean(kind) else "string"


def avro(
    rows: Sequence[Mapping[str, Any]], columns: pa.Schema, codec: str = "snappy", **options: Any
) -> bytes:
    """Write rows of an export."""
    return written([_row(row, columns) for row in rows], avro_schema(columns), codec, **options)


def written(rows: Iterable[Any], schema: Any, codec: str = "null", **options: Any) -> bytes:
    """Write rows by a schema."""
    stored = BytesIO()
    fastavro.writer(stored, schema, rows, codec=codec, **options)
    return stored.getvalue()


def number(value: int) -> bytes:
    """Write a number as Avro does."""
    rest, stored = (value << 1) ^ (value >> 63), []
    while rest >= 0x80:
        stored.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([*stored, rest])


def encoded(schema: Any, *values: Any) -> bytes:
    """Write values one behind the other, without a frame."""
    stored = BytesIO()
    for value in values:
        fastavro.schemaless_writer(stored, schema, value)
    return stored.getvalue()


def framed(schema: Any, *blocks: tuple[int, bytes], codec: str = "null") -> bytes:
    """Write a file by hand: each block is its number of rows and what is stored of them."""
    text = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
    said = {b"avro.codec": codec.encode(), b"avro.schema": text}
    entries = b"".join(number(len(part)) + part for entry in said.items() for part in entry)
    header = b"Obj\x01" + number(len(said)) + entries + number(0) + SYNC
    return header + b"".join(block(rows, stored) for rows, stored in blocks)


def block(rows: int, stored: bytes, sync: bytes = SYNC) -> bytes:
    """Write one block."""
    return number(rows) + number(len(stored)) + stored + sync


def _row(row: Mapping[str, Any], columns: pa.Schema) -> Any:
    return _with_lists(shaped(row, pa.struct(list(columns))), pa.struct(list(columns)))


def _with_lists(value: Any, kind: pa.DataType) -> Any:
    """Return a row in which a list that is not there is empty: BigQuery's are never null."""
    if pa.types.is_list(kind):
        return [_with_lists(each, kind.value_type) for each in value or ()]
    if value is None or not pa.types.is_struct(kind):
        return value
    return {column.name: _with_lists(value.get(column.name), column.type) for column in kind}


def main_avro(pings: Iterable[Mapping[str, Any]], codec: str = "snappy", **options: Any) -> bytes:
    """Write main pings as an export of main_v5."""
    return avro([bigquery_row(ping) for ping in pings], MAIN_SCHEMA, codec, **options)


def crash_avro(pings: Iterable[Mapping[str, Any]], codec: str = "snappy", **options: Any) -> bytes:
    """Write crash pings as an export of crash_v4."""
    return avro([bigquery_row(ping) for ping in pings], CRASH_SCHEMA, codec, **options)


def glean_avro(
    rows: Iterable[Mapping[str, Any]],
    codec: str = "snappy",
    columns: pa.Schema = GLEAN_SCHEMA,
    **options: Any,
) -> bytes:
    """Write rows of crash_v1, or of another table by its schema."""
    return avro(list(rows), columns, codec, **options)
