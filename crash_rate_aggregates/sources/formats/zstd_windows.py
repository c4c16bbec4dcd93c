"""Hold zstd to a bound of memory: a frame states how far back it may refer, up to 2 GiB."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final

from crash_rate_aggregates.errors import UnreadableFileError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_WINDOW_BYTES: Final = 128 << 20
"""Most that a worker holds of a window: as much as the command zstd takes unless it is told to."""
DECOMPRESSION: Final[Mapping[int, int]] = {zstd.DecompressionParameter.window_log_max: 31}
"""2 GiB, which `--long=31` states. No zstd writes more, so that is damage."""
_HEADER = 4
"""Where a frame's header begins, behind the magic number."""
_SINGLE_SEGMENT = 0x20
_ID_BYTES = (0, 1, 2, 4)
_SIZE_BYTES = (1, 2, 4, 8)


class ZstdWindow:
    """The window of one frame. Of what the library sets aside only what is filled takes memory.

    So a frame with a large window is read as long as it is small itself, as many of a stream are.
    """

    def __init__(self, frame: bytes, name: str) -> None:
        """Look at a frame's first bytes."""
        self._stated = window_bytes(frame)
        self._name = name
        self._held = 0

    def hold(self, output: bytes) -> None:
        """Take in what was decompressed.

        Raises:
            UnreadableFileError: The frame fills more of its window than may be held.
        """
        self._held += len(output)
        if self._held > MAX_WINDOW_BYTES < self._stated:
            raise UnreadableFileError(
                f"{self._name!r} is zstd with a window of {self._stated >> 20:,} MiB, of which at "
                f"most {MAX_WINDOW_BYTES >> 20} MiB are held: compress it again without --long, or "
                "with --long=27, then run the day again"
            )


def window_bytes(frame: bytes) -> int:
    """Return how far back a frame refers at most, by RFC 8878; 0 where its header is cut.

    Args:
        frame: Its first bytes; a skippable frame has no window.
    """
    header = frame[_HEADER:]
    if len(header) <= 1 or frame[1:_HEADER] == b"\x2a\x4d\x18":
        return 0
    descriptor = header[0]
    if not descriptor & _SINGLE_SEGMENT:
        # RFC 8878, Window_Descriptor: a power of two from 1 KiB on, and eighths of it.
        exponent, mantissa = header[1] >> 3, header[1] & 7
        return (1 << 10 + exponent) // 8 * (8 + mantissa)
    # Without a descriptor the frame is its own window, and states its size.
    start = 1 + _ID_BYTES[descriptor & 3]
    size = header[start : start + _SIZE_BYTES[descriptor >> 6]]
    return int.from_bytes(size, "little")
