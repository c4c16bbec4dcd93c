"""Pings as rows of Avro's object container files: only the columns that are read are decoded."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any

import fastavro

from crash_rate_aggregates.decode.layouts.kinds import field_places
from crash_rate_aggregates.errors import UnreadableFileError
from crash_rate_aggregates.sources.formats.avro.avro_blocks import (
    CODECS,
    MAGIC,
    Block,
    ByteStream,
    read_blocks,
    read_header,
)
from crash_rate_aggregates.sources.formats.avro.avro_columns import columns_of, has_column
from crash_rate_aggregates.sources.formats.avro.avro_types import UnsoundAvroError
from crash_rate_aggregates.sources.formats.avro.pruned_rows import (
    Cut,
    cut_rows,
    path_tree,
    pruned,
)
from crash_rate_aggregates.sources.formats.avro.skipping import long_bytes
from crash_rate_aggregates.sources.formats.table_rows import (
    fields_of_rows,
    read_paths,
    table_kind,
)
from crash_rate_aggregates.sources.interface import (
    DamagedStreamError,
    FileContent,
    PingBatch,
)

_SCHEMA_KEY = b"avro.schema"
_END_OF_LIST = b"\0"
_BATCH_ROWS = 1024
_BATCH_BYTES = 1 << 20


class AvroRows:
    """Avro, as BigQuery exports tables of pings, or as others write the pings themselves."""

    name = "Avro"

    def fits(self, content: FileContent) -> bool:
        """Tell by the magic number, and by the name under which each such file has its schema."""
        return content.head.startswith(MAGIC) and _SCHEMA_KEY in content.head

    def read_pings(self, content: FileContent) -> Iterator[PingBatch]:
        """Yield the fields of each row; one block is held at a time.

        Raises:
            DamagedStreamError: After the rows before the damage.
            UnknownTableError: It has not the columns of pings.
            UnreadableFileError: Its blocks are compressed in a way that is not read.
        """
        try:
            yield from _pings(content, ByteStream(content.chunks))
        except UnsoundAvroError as error:
            raise DamagedStreamError(f"it is no sound Avro: {error}") from error


def _pings(content: FileContent, stream: ByteStream) -> Iterator[PingBatch]:
    header = read_header(stream)
    if header.codec not in CODECS:
        raise UnreadableFileError(
            f"{content.file.url!r} is Avro compressed by {header.codec!r}, which is not read: "
            f"write it again with one of {', '.join(CODECS)}"
        )
    has = partial(has_column, header.row)
    places = field_places(table_kind(content.file.url, has), content.dimensions)
    paths = read_paths(places, has)
    narrow = pruned(header.row, path_tree(paths))
    # Parsed once: it takes fastavro as long as some rows.
    schema = fastavro.parse_schema(_all_rows(narrow.schema))
    for stored in _batches(read_blocks(stream, header), narrow.cut):
        rows = _decoded(stored, schema)
        columns = columns_of(rows, header.row, paths)
        yield PingBatch(list(fields_of_rows(places, columns, len(rows))))


def _batches(blocks: Iterator[Block], cut: Cut) -> Iterator[list[bytes]]:
    """Cut down rows, and hold some together: blocks may have one row each.

    Raises:
        UnsoundAvroError, DamagedStreamError: After the rows before the damage.
    """
    held: list[bytes] = []
    size = 0
    try:
        for block in blocks:
            for row in cut_rows(block.data, block.rows, cut):
                held.append(row)
                size += len(row)
                if len(held) >= _BATCH_ROWS or size >= _BATCH_BYTES:
                    yield held
                    held, size = [], 0
    except (DamagedStreamError, UnsoundAvroError):
        if held:
            yield held
        raise
    if held:
        yield held


def _all_rows(row: Any) -> dict[str, Any]:
    """Return the schema of one record that holds many rows: decoded by one call."""
    rows = {"name": "rows", "type": {"type": "array", "items": row}}
    return {"type": "record", "name": "Rows", "fields": [rows]}


def _decoded(stored: list[bytes], schema: Any) -> list[dict[str, Any]]:
    """Decode rows that were cut down."""
    record: Any = fastavro.schemaless_reader(
        BytesIO(b"".join((long_bytes(len(stored)), *stored, _END_OF_LIST))),
        schema,
        None,
        handle_unicode_errors="replace",
    )
    rows: list[dict[str, Any]] = record["rows"]
    return rows
