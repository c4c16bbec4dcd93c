"""Pings as rows of Avro's object container files: only the columns that are read are decoded."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

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
from crash_rate_aggregates.sources.formats.avro.avro_types import UnsoundAvroError
from crash_rate_aggregates.sources.formats.avro.row_columns import (
    ColumnReader,
    Row,
    has_column,
)
from crash_rate_aggregates.sources.formats.table_rows import (
    fields_of_rows,
    read_places,
    table_kind,
)
from crash_rate_aggregates.sources.interface import (
    DamagedStreamError,
    FileContent,
    PingBatch,
    Unreadable,
)

_SCHEMA_KEY = b"avro.schema"
_BATCH_ROWS = 1024
_BATCH_BYTES = 1 << 20
"""Of rows as they are stored: a few bytes of them may be many objects, or wide characters."""


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
    paths = {place.path for place in read_places(places, has)}
    reader = ColumnReader(header.row, paths)
    for rows in _batches(read_blocks(stream, header), reader):
        if rows:
            yield PingBatch(list(fields_of_rows(places, reader.columns(rows), len(rows))))
        else:
            yield PingBatch([Unreadable.PING])


def _batches(blocks: Iterator[Block], reader: ColumnReader) -> Iterator[list[Row]]:
    """Read rows and hold some together: blocks may have one row each, or a million.

    An empty batch stands for a row with more than is read.

    Raises:
        UnsoundAvroError, DamagedStreamError: After the rows before the damage.
    """
    held: list[Row] = []
    given = 0
    try:
        for block in blocks:
            for row in reader.rows(block.data, block.rows):
                if row is not None:
                    held.append(row)
                is_full = len(held) >= _BATCH_ROWS or reader.passed - given >= _BATCH_BYTES
                if held and (is_full or row is None):
                    yield held
                    held, given = [], reader.passed
                if row is None:
                    yield []
    except (DamagedStreamError, UnsoundAvroError):
        if held:
            yield held
        raise
    if held:
        yield held
