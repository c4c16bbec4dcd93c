"""What the pages of a column chunk say of themselves, which the file's footer does not.

A page has a header in Thrift's compact protocol (parquet-format, parquet.thrift, PageHeader), and
pyarrow shows none of it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from crash_rate_aggregates.sources.interface import DamagedStreamError

_HEADER_BYTES = (1 << 9, 1 << 16, 1 << 24)
"""Read one after the other until a header is whole: statistics can make it long."""
_MOST_NESTED = 16
_GOES_ON = 0x80
_MOST_BITS = 63
_CODECS = {"LZ4": "lz4_raw"}
"""Where pyarrow has another name for a codec than Parquet's metadata."""


class PageKind(IntEnum):
    """Kinds of pages, as Parquet numbers them."""

    DATA = 0
    DICTIONARY = 2
    DATA_V2 = 3


class Encoding(IntEnum):
    """Encodings that matter here, as Parquet numbers them."""

    PLAIN = 0
    PLAIN_DICTIONARY = 2
    RLE = 3
    DELTA_BYTE_ARRAY = 7
    RLE_DICTIONARY = 8


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a column chunk."""

    kind: PageKind
    start: int
    """Place of its content in the file."""
    stored: int
    """Bytes of its content."""
    size: int
    """Bytes of its content when it is decompressed."""
    values: int
    """Values in it, nulls and empty lists among them."""
    encoding: int
    levels: int | None
    """Bytes of the repetition levels of a page of version 2, which are never compressed."""


def pages(stream: BinaryIO, chunk: pq.ColumnChunkMetaData) -> Iterator[Page]:
    """Walk through the pages of a column chunk by their headers.

    Raises:
        DamagedStreamError: There is something else.
    """
    first = chunk.data_page_offset
    place = min(first, chunk.dictionary_page_offset or first)
    end = place + chunk.total_compressed_size
    while place < end:
        header, length = _header(stream, place)
        page = _page(header, place + length)
        if page is not None:
            yield page
        place += length + header[3]


def content(stream: BinaryIO, chunk: pq.ColumnChunkMetaData, page: Page) -> bytes:
    """Return the decompressed content of a page of version 1, or of a dictionary.

    Raises:
        ArrowException: It does not decompress.
    """
    stream.seek(page.start)
    stored = stream.read(page.stored)
    if chunk.compression == "UNCOMPRESSED":
        return stored
    codec = pa.Codec(_CODECS.get(chunk.compression, chunk.compression.lower()))
    return bytes(codec.decompress(stored, page.size))


def repetition_levels(stream: BinaryIO, chunk: pq.ColumnChunkMetaData, page: Page) -> bytes:
    """Return the encoded repetition levels of a data page of a column of lists.

    Raises:
        ArrowException: It does not decompress.
    """
    if page.levels is not None:
        stream.seek(page.start)
        return stream.read(page.levels)
    data = content(stream, chunk, page)
    return data[4 : 4 + int.from_bytes(data[:4], "little")]


def longest_value(dictionary: bytes) -> int:
    """Return the length of the longest of the byte arrays that a dictionary page holds."""
    longest, step = _length_at(dictionary, 0), 4 + _length_at(dictionary, 0)
    # Ids are all of one length, and many: then each step comes upon the bytes of the first length.
    if all(len(set(dictionary[place::step])) == 1 for place in range(min(4, len(dictionary)))):
        return longest
    place = 0
    while place < len(dictionary):
        length = _length_at(dictionary, place)
        longest = max(longest, length)
        place += 4 + length
    return longest


def _length_at(dictionary: bytes, place: int) -> int:
    return int.from_bytes(dictionary[place : place + 4], "little")


def varint(data: bytes, place: int) -> tuple[int, int]:
    """Return the number of 7 bits a byte that begins at a place, and the place behind it.

    Raises:
        IndexError: The bytes end before.
    """
    value = shift = 0
    while data[place] & _GOES_ON and shift < _MOST_BITS:
        value |= (data[place] & ~_GOES_ON) << shift
        place, shift = place + 1, shift + 7
    return value | data[place] << shift, place + 1


def _header(stream: BinaryIO, place: int) -> tuple[dict[int, Any], int]:
    for size in _HEADER_BYTES:
        stream.seek(place)
        data = stream.read(size)
        try:
            header, length = _Compact(data).header()
        except IndexError:
            continue
        # Kind, size and stored size, which every header has.
        if {1, 2, 3} <= header.keys() and header[2] >= 0 <= header[3]:
            return header, length
        break
    raise DamagedStreamError(f"it is no sound Parquet: at byte {place} is no header of a page")


def _page(header: dict[int, Any], start: int) -> Page | None:
    """Return what a header says; None for a kind of page that holds no values."""
    kind, size, stored = header[1], header[2], header[3]
    if kind == PageKind.DATA_V2:
        # DataPageHeaderV2: 1 are the values, 4 the encoding, 6 the bytes of repetition levels.
        inner = header.get(8, {})
        return Page(kind, start, stored, size, inner.get(1, 0), inner.get(4, 0), inner.get(6, 0))
    if kind in {PageKind.DATA, PageKind.DICTIONARY}:
        # DataPageHeader or DictionaryPageHeader: 1 are the values, 2 is the encoding.
        inner = header.get(5 if kind == PageKind.DATA else 7, {})
        return Page(kind, start, stored, size, inner.get(1, 0), inner.get(2, 0), None)
    return None


class _Compact:
    """A reader of Thrift's compact protocol: IndexError where the bytes do not suffice."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def header(self) -> tuple[dict[int, Any], int]:
        """Return a struct's fields by number, and its length in bytes."""
        return self._struct(_MOST_NESTED), self._place

    def _byte(self) -> int:
        self._place += 1
        return self._data[self._place - 1]

    def _varint(self) -> int:
        value, self._place = varint(self._data, self._place)
        return value

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)

    def _binary(self) -> None:
        length = self._varint()
        self._place += length

    def _struct(self, depth: int) -> dict[int, Any]:
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            fields[number] = self._value(head & 0x0F, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        # By number: booleans, a byte, integers of three sizes, a double, bytes, a struct.
        match kind:
            case 1 | 2:
                return kind == 1
            case 3:
                return self._byte()
            case 4 | 5 | 6:
                return self._zigzag()
            case 7:
                self._place += struct.calcsize("d")
                return None
            case 8:
                return self._binary()
            case 12 if depth:
                return self._struct(depth - 1)
            case _:  # Lists, sets and maps, of which headers of pages have none.
                raise DamagedStreamError("it is no sound Parquet: a page's header is none")
