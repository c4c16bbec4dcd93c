"""Firefox's own compressed files: `mozLz40`, a NUL, the size in 4 bytes, one raw block of LZ4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import cramjam

from crash_rate_aggregates.sources.formats.json_pings import has_json_line
from crash_rate_aggregates.sources.formats.lines import MAX_PING_BYTES
from crash_rate_aggregates.sources.interface import FileContent, PingBatch, RawPing, Unreadable

MAGIC: Final = b"mozLz40\0"
_NAMES = (".jsonlz4", ".mozlz4")
_SIZE_BYTES = 4


class MozLz4Pings:
    """One ping a file, as Firefox keeps those that it has sent."""

    name = "mozLz4"

    def fits(self, content: FileContent) -> bool:
        """Tell by the first 8 bytes; by another name than Firefox gives, no line may be JSON."""
        if not content.head.startswith(MAGIC):
            return False
        return content.file.url.endswith(_NAMES) or not has_json_line(content.head)

    def read_pings(self, content: FileContent) -> Iterator[PingBatch]:
        """Read the one ping; a file that is cut, or does not decompress, is one unreadable ping."""
        yield PingBatch([_ping(_held(content.chunks))])


def _held(chunks: Iterable[bytes]) -> bytes:
    """Return a whole file; of a larger one than any ping's, all that shows that it is.

    It is read to its end all the same: only there damage, or another writer, is known.
    """
    pieces: list[bytes] = []
    size = 0
    for chunk in chunks:
        if size <= MAX_PING_BYTES:
            pieces.append(chunk)
        size += len(chunk)
    return b"".join(pieces)


def _ping(stored: bytes) -> RawPing:
    """Decompress a file; the size that it states is held against the bound before any is made."""
    block = memoryview(stored)[len(MAGIC) :]
    size = int.from_bytes(block[:_SIZE_BYTES], "little")
    if len(stored) > MAX_PING_BYTES or size > MAX_PING_BYTES:
        return Unreadable.PING
    try:
        # It takes the size from the first 4 bytes and makes room for it, so the check comes first.
        ping = bytes(cramjam.lz4.decompress_block(block))
    except cramjam.DecompressionError:
        return Unreadable.PING
    return ping if len(ping) == size else Unreadable.PING
