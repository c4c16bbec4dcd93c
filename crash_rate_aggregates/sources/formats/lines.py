"""Cut a stream into lines without holding more than one, nor one that is too long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crash_rate_aggregates.sources.interface import DamagedStreamError, RawPing, Unreadable

MAX_PING_BYTES = 16 << 20
"""A longer ping, stored or decompressed, is one unreadable ping and is not held. Decoded it takes
up to ten times as much; Firefox sends none over 1 MiB."""
_BLANK = b" \t\r"


def ping_lines(chunks: Iterable[bytes]) -> Iterator[Sequence[RawPing]]:
    """Cut chunks at LF; each line that is not blank is one raw ping, one sequence a chunk.

    A memoryview in it points into its chunk: nothing is copied but lines across chunks.

    Args:
        chunks: Each far shorter than the longest line, 256 KiB or a little more, so that only a
            line across chunks can be too long.

    Raises:
        DamagedStreamError: From `chunks`, after the cut last line was given as unreadable.
    """
    cutter = _LineCutter()
    try:
        for chunk in chunks:
            batch = cutter.cut(chunk)
            if batch:
                yield batch
    except DamagedStreamError:
        # A ping was there, and its end is lost: the ledger counts it before the damage is told.
        if cutter.has_rest():
            yield [Unreadable.PING]
        raise
    if last := cutter.last_line():
        yield last


class _LineCutter:
    """The start of a line whose end has not come yet."""

    def __init__(self) -> None:
        self._pieces: list[bytes | memoryview] = []
        self._length = 0

    def cut(self, chunk: bytes) -> list[RawPing]:
        """Return the lines that end in this chunk, keep the rest."""
        batch: list[RawPing] = []
        end = chunk.find(b"\n")
        if end < 0:
            self._keep(chunk)
            return batch
        view = memoryview(chunk)
        if self._length:
            self._keep(view[:end])
            batch += self.last_line()
            start = end + 1
        else:
            start = 0
        # Behind the line that began earlier, so that pings stay in their order.
        start = _whole_lines(chunk, view, start, batch)
        if start < len(chunk):
            self._keep(view[start:])
        return batch

    def has_rest(self) -> bool:
        """Tell whether the stream ended in the middle of a line."""
        return self._length > MAX_PING_BYTES or not _is_blank(b"".join(self._pieces))

    def last_line(self) -> list[RawPing]:
        """Return what was kept as a line of its own and forget it."""
        line = b"".join(self._pieces)
        is_too_long = self._length > MAX_PING_BYTES
        self._pieces, self._length = [], 0
        if is_too_long:
            return [Unreadable.PING]
        return [] if _is_blank(line) else [line]

    def _keep(self, piece: bytes | memoryview) -> None:
        self._length += len(piece)
        if self._length > MAX_PING_BYTES:
            # From here on only its length counts: a line of a gigabyte takes no memory.
            self._pieces = []
        else:
            self._pieces.append(piece)


def _whole_lines(chunk: bytes, view: memoryview, start: int, batch: list[RawPing]) -> int:
    """Append the lines from `start` on that end in the chunk; return where the rest begins."""
    while (end := chunk.find(b"\n", start)) >= 0:
        # Nearly every line begins with a brace: only others are copied to be looked at.
        if end > start and (chunk[start] not in _BLANK or not _is_blank(chunk[start:end])):
            batch.append(view[start:end])
        start = end + 1
    return start


def _is_blank(line: bytes) -> bool:
    return not line.strip(_BLANK)
