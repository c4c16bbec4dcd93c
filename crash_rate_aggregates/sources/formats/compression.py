"""Decompress a stream: gzip and zstd by their first bytes, all else as it is."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from isal import igzip_lib

from crash_rate_aggregates.sources.formats.zstd_windows import DECOMPRESSION, ZstdWindow
from crash_rate_aggregates.sources.interface import DamagedStreamError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_STORED_BYTES = 1 << 18
# A crafted file makes no more than this of a few bytes before somebody looks at it.
_OUTPUT_BYTES = 1 << 18
# As much of what lies before a damaged byte can be lost at most. Slow, so only near damage.
_CAREFUL_BYTES = 64
# ISA-L misreads a gzip header of several optional parts if it comes in pieces. None is longer.
_HEADER_BYTES = 4096
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
# Frames without data; pzstd begins a file with one.
_ZSTD_SKIPPABLE = tuple(bytes([0x50 + number, 0x2A, 0x4D, 0x18]) for number in range(16))
_UNREAD = (
    ("bzip2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")),
    ("xz", re.compile(rb"\xfd7zXZ\0")),
)
"""Compressions that are not read, and how their files begin."""
_IsalError: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # Its stub is wrong.
_DAMAGE = (_IsalError, zstd.ZstdError, EOFError)
_JSON_START = b'{["\xef \t\r\n'


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


class _Steps:
    """How much to decompress at once."""

    def __init__(self, careful_from: int | None) -> None:
        self.given = 0
        self._careful_from = careful_from

    def size(self) -> int:
        is_careful = self._careful_from is not None and self.given >= self._careful_from
        return _CAREFUL_BYTES if is_careful else _OUTPUT_BYTES


def _gunzip() -> _Decompressor:
    # Without the flag it takes raw deflate, and checks no checksum.
    decompressor: _Decompressor = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    return decompressor


def _unzstd() -> _Decompressor:
    return zstd.ZstdDecompressor(options=DECOMPRESSION)


def salvaged(open_stream: Callable[[], Iterator[bytes]], *, name: str) -> Iterator[bytes]:
    """Decompress a stream, up to the very damage if there is one.

    A decompressor that fails gives nothing of its last step, so the stream is read once more, in
    small steps where it failed. What is given depends on the stored bytes alone.

    Args:
        open_stream: Gives the stored bytes, from their start at each call.
        name: As for `decompressed`.

    Raises:
        DamagedStreamError: After all that could be decompressed.
        UnreadableFileError: As `decompressed`.
        SourceError: From the stream.
    """
    given = 0
    try:
        for chunk in decompressed(open_stream(), name=name):
            given += len(chunk)
            yield chunk
    except DamagedStreamError:
        yield from _up_to_damage(open_stream(), name, given)
        raise


def _up_to_damage(stored: Iterator[bytes], name: str, given: int) -> Iterator[bytes]:
    """Decompress once more with care, and give what comes behind the bytes already given."""
    passed = 0
    try:
        for chunk in decompressed(stored, name=name, careful_from=given):
            # In the small steps a chunk can begin before what was given.
            if new := chunk[max(0, given - passed) :]:
                yield new
            passed += len(chunk)
    except DamagedStreamError:
        # A file that is written meanwhile looks damaged too: the store tells at its end.
        for _ in stored:
            pass
        raise


def decompressed(
    chunks: Iterator[bytes], *, name: str, careful_from: int | None = None
) -> Iterator[bytes]:
    """Decompress a stream of one or many members, in chunks of at most 256 KiB.

    Args:
        chunks: The stored bytes.
        name: The file's name: one that ends in .gz or .zst must hold what it says, or JSON.
        careful_from: Take small steps after so many bytes of output.

    Raises:
        DamagedStreamError: The stream breaks off, or is not what its start or name says.
        UnreadableFileError: It is zstd that needs more memory than is given to it.
    """
    return _decompressed(_evenly_cut(chunks), name, careful_from)


def _evenly_cut(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut bytes into pieces of 256 KiB, the last one shorter.

    How far a decompressor comes before damage depends on the pieces that it is given, and must not
    depend on the store. Local files come in such pieces already.
    """
    held = bytearray()
    for chunk in chunks:
        if not held and len(chunk) == _STORED_BYTES:
            yield chunk
            continue
        held += chunk
        while len(held) >= _STORED_BYTES:
            with memoryview(held) as view:
                piece = bytes(view[:_STORED_BYTES])
            yield piece
            del held[:_STORED_BYTES]
    if held:
        yield bytes(held)


def _decompressed(
    chunks: Iterator[bytes], name: str, careful_from: int | None = None
) -> Iterator[bytes]:
    head = next(chunks, b"")
    start = _decompressor_for(head)
    if start is not None:
        yield from _members(head, chunks, start, _Steps(careful_from), name)
        return
    # Else a .gz that was overwritten would count as many unreadable pings, not as damage.
    if name.endswith((".gz", ".zst")) and head[:1] not in _JSON_START:
        raise DamagedStreamError("its name says compressed, its content is not")
    if head:
        yield head
    yield from chunks


def decompressed_whole(data: bytes, max_bytes: int) -> bytes:
    """Decompress what is held whole; what is not compressed stays as it is.

    Raises:
        DamagedStreamError: It does not decompress, or to more than `max_bytes`, which is not held.
    """
    pieces: list[bytes] = []
    size = 0
    for chunk in _decompressed(iter((data,)), name=""):
        pieces.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            raise DamagedStreamError(f"it decompresses to more than {max_bytes} bytes")
    return b"".join(pieces)


def unread_compression(head: bytes) -> str | None:
    """Return the name of the compression that a file begins like, if it is one that is not read."""
    return next((name for name, start in _UNREAD if start.match(head)), None)


def _decompressor_for(head: bytes) -> Callable[[], _Decompressor] | None:
    if head.startswith(_GZIP):
        return _gunzip
    if head.startswith((_ZSTD, *_ZSTD_SKIPPABLE)):
        return _unzstd
    return None


def _members(
    data: bytes,
    chunks: Iterator[bytes],
    start: Callable[[], _Decompressor],
    steps: _Steps,
    name: str,
) -> Iterator[bytes]:
    """Decompress member after member; zero bytes after one are padding, as gzip allows."""
    while data:
        # Members follow each other where files were joined by cat, or written block by block.
        data = _with_header(data, chunks)
        decompressor = start()
        window = ZstdWindow(data, name) if start is _unzstd else None
        for output in _one_member(decompressor, data, chunks, steps):
            if window is not None:
                window.hold(output)
            yield output
        data = decompressor.unused_data.lstrip(b"\0")
        while not data and (more := next(chunks, b"")):
            data = more.lstrip(b"\0")


def _with_header(data: bytes, chunks: Iterator[bytes]) -> bytes:
    """Return a member's first bytes with as many more as any usual header has."""
    pieces, size = [data], len(data)
    while size < _HEADER_BYTES and (more := next(chunks, b"")):
        pieces.append(more)
        size += len(more)
    return b"".join(pieces)


def _one_member(
    decompressor: _Decompressor, data: bytes, chunks: Iterator[bytes], steps: _Steps
) -> Iterator[bytes]:
    while not decompressor.eof:
        if decompressor.needs_input and not data:
            data = next(chunks, b"")
            if not data:
                raise DamagedStreamError("it breaks off in the middle of its compressed data")
        try:
            output = decompressor.decompress(data, steps.size())
        except _DAMAGE as error:
            raise DamagedStreamError(f"it does not decompress: {error}") from error
        # It keeps what it has not used: the same bytes must not come to it twice.
        data = b""
        if output:
            steps.given += len(output)
            yield output
