"""How a row group is read, so that memory is bounded whatever its rows hold.

The footer tells how many values a column has and how large they are as stored. It does not tell
that one of them stands in each row and is stored once, nor that one row has them all: the pages do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow.parquet as pq

from crash_rate_aggregates.errors import UnreadableFileError
from crash_rate_aggregates.sources.formats.parquet_bounds.page_headers import (
    Encoding,
    Page,
    PageKind,
    content,
    longest_value,
    pages,
)
from crash_rate_aggregates.sources.formats.parquet_bounds.row_lengths import most_values_of_a_row
from crash_rate_aggregates.sources.formats.parquet_bounds.sound_chunks import check_chunks

MAX_ROWS = 4096
"""Rows that are read at once where they are small, as nearly all are."""
BATCH_BYTES = 32 << 20
"""What the values of the rows that are read at once may take."""
MAX_ROW_BYTES = 64 << 20
"""What the values of one row may take."""
MAX_PAGES_BYTES = 128 << 20
"""What one page and the dictionary of each column may take, decompressed: they are held at once."""
_WHOLE_BYTES = 32 << 20
"""Stored columns of a row group up to this size are read at once, larger ones piece by piece."""
_PIECE_BYTES = 1 << 20
_LOOKED_AT_BYTES = 2 << 20
"""The pages of a smaller column cannot be large."""
_FEW_BYTES = 16 << 20
"""Values of a column that cannot take more in a batch are not counted by the row."""
_VALUE_BYTES = 16
"""What any value takes: itself, its levels and its place."""
_MANIFOLD = frozenset({"PLAIN_DICTIONARY", "RLE_DICTIONARY", "DELTA_BYTE_ARRAY"})
"""Encodings by which few bytes stand for many texts, as the footer names them."""
_DICTIONARY_CODES = frozenset({Encoding.PLAIN_DICTIONARY, Encoding.RLE_DICTIONARY})


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """How a row group is read."""

    rows: int
    """At once, at least 1."""
    dictionaries: tuple[str, ...]
    """Columns of which each value is held once, however many rows have it."""
    buffer_bytes: int
    """Of each column's stored bytes; 0 for a whole column."""


@dataclass(frozen=True, slots=True)
class _Need:
    """What a stored column may take."""

    pages: int
    row: int = 0
    """For its values in a row; 0 where those of a batch are few."""
    is_dictionary: bool = False


def plan_reading(
    url: str, stream: BinaryIO, file: pq.ParquetFile, group: int, paths: Sequence[str]
) -> ReadingPlan:
    """Decide how a row group is read.

    Args:
        url: Names the file in messages.
        stream: The file.
        file: The same, opened.
        group: Number of the row group.
        paths: Names of the stored columns that are read.

    Raises:
        UnreadableFileError: A row, or a page of each column, would take too much.
        DamagedStreamError, ArrowException, OSError: The footer or the pages are not sound.
    """
    check_chunks(file, group, paths)
    metadata = file.metadata.row_group(group)
    wanted = frozenset(paths)
    place = f"{url!r} has in its row group {group}"
    needs: dict[str, _Need] = {}
    stored = 0
    for number in range(len(file.schema)):
        schema = file.schema.column(number)
        if schema.path in wanted:
            chunk = metadata.column(number)
            needs[schema.path] = _Column(place, stream, chunk, schema, metadata.num_rows).need()
            stored += chunk.total_compressed_size
    row = sum(need.row for need in needs.values())
    _hold(place, "a row", row, MAX_ROW_BYTES)
    _hold(place, "pages", sum(need.pages for need in needs.values()), MAX_PAGES_BYTES)
    return ReadingPlan(
        max(1, min(MAX_ROWS, BATCH_BYTES // max(row, 1))),
        tuple(path for path, need in needs.items() if need.is_dictionary),
        _PIECE_BYTES if stored > _WHOLE_BYTES else 0,
    )


def _hold(place: str, what: str, size: int, most: int) -> None:
    if size > most:
        raise UnreadableFileError(
            f"{place} {what} of {size >> 20:,} MiB, and at most {most >> 20} MiB are held: write "
            "it again with smaller ones, then run the day again"
        )


@dataclass(frozen=True, slots=True)
class _Column:
    """A stored column of one row group."""

    place: str
    """Where it lies, as a message begins."""
    stream: BinaryIO
    chunk: pq.ColumnChunkMetaData
    schema: pq.ColumnSchema
    rows: int

    def need(self) -> _Need:
        """Look as close as is needed."""
        size = self.chunk.total_uncompressed_size
        is_few = self._is_stored_as_often_as_read() or self._is_few(self._widest_by_footer())
        if size <= _LOOKED_AT_BYTES and is_few:
            return _Need(size)
        found = list(pages(self.stream, self.chunk))
        data = [page for page in found if page.kind is not PageKind.DICTIONARY]
        dictionary = next((page for page in found if page.kind is PageKind.DICTIONARY), None)
        held = max((page.size for page in data), default=0) + (dictionary.size if dictionary else 0)
        _hold(self.place, "pages", held, MAX_PAGES_BYTES)  # Before one of them is decompressed.
        widest = self._widest(data, dictionary)
        is_dictionary = (
            self.chunk.physical_type == "BYTE_ARRAY"
            and not self._is_few(widest)
            and dictionary is not None
            and all(page.encoding in _DICTIONARY_CODES for page in data)
        )
        # Rows share the values then: each takes no more than a place in the dictionary.
        if is_dictionary:
            widest = _VALUE_BYTES
        return _Need(held, self._row_bytes(widest), is_dictionary)

    def _is_stored_as_often_as_read(self) -> bool:
        """Tell whether a text that many rows have takes room in the file for each of them."""
        is_text = self.chunk.physical_type == "BYTE_ARRAY"
        return is_text and not _MANIFOLD.intersection(self.chunk.encodings)

    def _is_few(self, widest: int) -> bool:
        """Tell whether the values of any batch are few, if none is wider than that."""
        return self._most_values() * widest <= _FEW_BYTES

    def _most_values(self) -> int:
        """Return how many values a batch may have, by what the footer says."""
        rows = min(self.rows, MAX_ROWS)
        return rows + max(0, int(self.chunk.num_values) - self.rows)

    def _row_bytes(self, widest: int) -> int:
        if self.schema.max_repetition_level == 0:
            return widest
        if self._is_few(widest):
            return 0
        level = self.schema.max_repetition_level
        return widest * most_values_of_a_row(self.stream, self.chunk, level)

    def _widest_by_footer(self) -> int:
        """Return what no value is wider than."""
        is_text = self.chunk.physical_type == "BYTE_ARRAY"
        own = self.chunk.total_uncompressed_size if is_text else self.schema.length
        return max(_VALUE_BYTES, int(own))

    def _widest(self, data: Iterable[Page], dictionary: Page | None) -> int:
        """Return what no value is wider than; of plain pages, whose bytes are held, the average."""
        if self.chunk.physical_type != "BYTE_ARRAY":
            return self._widest_by_footer()
        widths = [_VALUE_BYTES]
        for page in data:
            # A value of this encoding can repeat the one before it, but for a byte.
            is_delta = page.encoding == Encoding.DELTA_BYTE_ARRAY
            if page.encoding not in _DICTIONARY_CODES:
                widths.append(page.size if is_delta else page.size // max(1, page.values))
        if dictionary is not None:
            widths.append(self._widest_in(dictionary))
        return max(widths)

    def _widest_in(self, dictionary: Page) -> int:
        if self._is_few(dictionary.size):
            return dictionary.size
        return longest_value(content(self.stream, self.chunk, dictionary))
