"""The frame of a file: its header, and its blocks of rows, decompressed within a bound.

Avro's specification 1.11, "Object Container Files". fastavro reads these too, but decompresses
whatever a few bytes ask for, and looks at a block's sync marker after its rows.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import cramjam
import msgspec
from isal import igzip_lib

from crash_rate_aggregates.decode.nesting import has_too_many_values
from crash_rate_aggregates.sources.formats.avro.avro_types import (
    AvroType,
    UnsoundAvroError,
    row_type,
)
from crash_rate_aggregates.sources.formats.avro.skipping import LONG_BYTES, long_at

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAGIC: Final = b"Obj\x01"
MAX_BLOCK_BYTES: Final = 64 << 20
"""A larger block, stored or decompressed, is damage. Writers make blocks of 16 KB to 4 MB."""
MAX_HEADER_BYTES: Final = 16 << 20
"""The schema of main_v5, the widest table, is below 2 MB."""
_SYNC_BYTES = 16
_CRC_BYTES = 4
_MAX_SNAPPY_RATIO = 22
"""Raw snappy makes at most 64 bytes of 3."""


class Header(NamedTuple):
    """What a file says of itself."""

    row: AvroType
    codec: str
    sync: bytes
    """What stands behind each block."""


class Block(NamedTuple):
    """Some rows, one behind the other."""

    rows: int
    data: bytes


class ByteStream:
    """A stream from which so many bytes are taken at a time."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._data = b""
        self._at = 0

    def is_at_end(self) -> bool:
        """Tell whether nothing is left."""
        return not self._has(1)

    def take(self, size: int) -> bytes:
        """Return the next bytes.

        Raises:
            UnsoundAvroError: There are fewer.
            DamagedStreamError: From the chunks.
        """
        if not self._has(size):
            raise UnsoundAvroError("it breaks off")
        start, self._at = self._at, self._at + size
        return self._data[start : self._at]

    def long(self) -> int:
        """Return the next number, which Avro writes in 1 to 10 bytes.

        Raises:
            UnsoundAvroError: There is none.
            DamagedStreamError: From the chunks.
        """
        stored = b""
        while len(stored) < LONG_BYTES and (not stored or stored[-1] & 0x80):
            stored += self.take(1)
        return long_at(stored, 0)[0]

    def _has(self, size: int) -> bool:
        """Hold so many bytes at once, if the stream has them."""
        there = len(self._data) - self._at
        if there >= size:
            return True
        # Joined once: a block may come in hundreds of chunks.
        pieces = [self._data[self._at :]]
        while there < size and (chunk := next(self._chunks, None)) is not None:
            pieces.append(chunk)
            there += len(chunk)
        self._data, self._at = b"".join(pieces), 0
        return there >= size


def read_header(stream: ByteStream) -> Header:
    """Read a file up to its first block.

    Raises:
        UnsoundAvroError: It breaks off, or is not sound.
        DamagedStreamError: From the stream.
    """
    if stream.take(len(MAGIC)) != MAGIC:
        raise UnsoundAvroError("it does not begin as such")
    said = _metadata(stream)
    text = said.get("avro.schema", b"")
    if has_too_many_values(text):
        raise UnsoundAvroError("its schema has more parts than any table")
    try:
        schema = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnsoundAvroError(f"its schema is no JSON: {error}") from error
    codec = said.get("avro.codec", b"null").decode("utf-8", "replace")
    return Header(row_type(schema), codec, stream.take(_SYNC_BYTES))


def _metadata(stream: ByteStream) -> Mapping[str, bytes]:
    """Read the header's map of names and bytes."""
    said: dict[str, bytes] = {}
    left = MAX_HEADER_BYTES
    while count := stream.long():
        if count < 0:  # Then the size of these entries in bytes stands before them.
            stream.long()
        for _ in range(abs(count)):
            name = _bounded(stream, left)
            value = _bounded(stream, left - len(name))
            # Each entry takes two bytes at least, so those of nothing come to an end too.
            left -= len(name) + len(value) + 2
            said[name.decode("utf-8", "replace")] = value
    return said


def _bounded(stream: ByteStream, most: int) -> bytes:
    size = stream.long()
    if not 0 <= size <= most:
        raise UnsoundAvroError(f"a part of its header has {size} bytes")
    return stream.take(size)


def read_blocks(stream: ByteStream, header: Header) -> Iterator[Block]:
    """Read block after block; one is held at a time. The codec must be one of `CODECS`.

    Raises:
        UnsoundAvroError: After the blocks before the damage.
        DamagedStreamError: Likewise, from the stream.
    """
    decompress = CODECS[header.codec]
    while not stream.is_at_end():
        rows, size = stream.long(), stream.long()
        if not 0 <= size <= MAX_BLOCK_BYTES:
            raise UnsoundAvroError(f"a block of {size} bytes, of at most {MAX_BLOCK_BYTES}")
        stored = stream.take(size)
        # Where the marker is not in its place, the size was wrong, and so may be what it spans.
        if stream.take(_SYNC_BYTES) != header.sync:
            raise UnsoundAvroError("no sync marker behind a block")
        data = decompress(stored)
        # No row takes less than a byte: a count beyond that would never end.
        if not 0 <= rows <= len(data):
            raise UnsoundAvroError(f"{rows} rows in {len(data)} bytes")
        yield Block(rows, data)


@dataclass(frozen=True, slots=True)
class _Streamed:
    """A codec whose decompressor stops at a bound."""

    start: Callable[[], Any]
    faults: tuple[type[Exception], ...]

    def __call__(self, stored: bytes) -> bytes:
        try:
            decompressor = self.start()
            # One byte more than the bound shows that there is more.
            data = bytes(decompressor.decompress(stored, MAX_BLOCK_BYTES + 1))
        except self.faults as error:
            raise UnsoundAvroError(f"a block does not decompress: {error}") from error
        if len(data) > MAX_BLOCK_BYTES or not decompressor.eof:
            raise UnsoundAvroError("a block breaks off, or is larger than 64 MiB")
        return data


def _unsnapped(stored: bytes) -> bytes:
    """Decompress a raw block of snappy, behind which stands the CRC of what it makes."""
    packed, crc = stored[:-_CRC_BYTES], stored[-_CRC_BYTES:]
    try:
        size = cramjam.snappy.decompress_raw_len(packed)
        if size > min(MAX_BLOCK_BYTES, _MAX_SNAPPY_RATIO * len(packed)):
            raise UnsoundAvroError(f"a block says that it makes {size} bytes")
        data = bytes(cramjam.snappy.decompress_raw(packed))
    except cramjam.DecompressionError as error:
        raise UnsoundAvroError(f"a block does not decompress: {error}") from error
    if zlib.crc32(data).to_bytes(_CRC_BYTES) != crc:
        raise UnsoundAvroError("a block has another checksum")
    return data


def _inflater() -> Any:
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_DEFLATE)


_IsalError: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # Its stub is wrong.
CODECS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "null": bytes,
    "deflate": _Streamed(_inflater, (_IsalError, EOFError)),
    "snappy": _unsnapped,
    "zstandard": _Streamed(zstd.ZstdDecompressor, (zstd.ZstdError, EOFError)),
}
"""By name, what decompresses a block.

It raises UnsoundAvroError for one that does not decompress, or to more than `MAX_BLOCK_BYTES`.
"""
