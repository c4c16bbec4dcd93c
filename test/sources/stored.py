"""Files of pings in memory, in every compression, and what is read from them."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO
from typing import Any, BinaryIO

from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.decode.layouts.kinds import PingKind
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.kernel import verdict_of
from crash_rate_aggregates.normalize.ping import Ignored, NormalizedPing
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.sources.formats.compression import decompressed
from crash_rate_aggregates.sources.formats.heka.reassembly import ping_of
from crash_rate_aggregates.sources.formats.heka.records import messages
from crash_rate_aggregates.sources.interface import (
    DamagedStreamError,
    RawPing,
    Store,
    StoredFile,
    Unreadable,
)
from crash_rate_aggregates.sources.reading import read_pings

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

UNREADABLE = Unreadable.PING
SKIPPABLE = b"\x5a\x2a\x4d\x18\x05\0\0\0hello"
"""A zstd frame that holds no data."""


def zstd_compress(*pieces: bytes, checksum: bool = True) -> bytes:
    """Compress to one frame; as the command `zstd` does, with a checksum."""
    options: dict[int, int] = {zstd.CompressionParameter.checksum_flag: int(checksum)}
    if len(pieces) == 1:
        return zstd.compress(pieces[0], options=options)
    compressor = zstd.ZstdCompressor(options=options)  # Knows no size, so the frame has none.
    return b"".join([*map(compressor.compress, pieces), compressor.flush()])


COMPRESSIONS: tuple[Callable[[bytes], bytes], ...] = (bytes, gzip.compress, zstd_compress)
PACKED: Mapping[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".zst": zstd_compress}


def chunked(data: bytes, size: int) -> list[bytes]:
    """Cut bytes into chunks of a size."""
    return [data[start : start + size] for start in range(0, len(data), size)]


@dataclass(frozen=True, slots=True)
class MemoryStore:
    """A store that gives chunks of a chosen size."""

    contents: Mapping[str, bytes]
    chunk_bytes: int

    def list_day(self, submission_date: date) -> Sequence[StoredFile]:
        """List all there is."""
        del submission_date
        return [StoredFile(name, len(content)) for name, content in self.contents.items()]

    def describe_day(self, submission_date: date) -> str:
        """Say which day was asked for."""
        return f"{submission_date} in memory"

    def read(self, file: StoredFile) -> Iterator[bytes]:
        """Give the chunks."""
        yield from chunked(self.contents[file.url], self.chunk_bytes)

    def open(self, file: StoredFile) -> BinaryIO:
        """Give the whole, to be read at any place."""
        return BytesIO(self.contents[file.url])


def taken(batches: Iterable[Sequence[RawPing]]) -> tuple[list[bytes | Unreadable], str | None]:
    """Return the pings without white space around, and the damage if there was some."""
    pings: list[bytes | Unreadable] = []
    try:
        for batch in batches:
            for ping in batch:
                assert isinstance(ping, (bytes, memoryview, Unreadable)), ping
                pings.append(ping if isinstance(ping, Unreadable) else bytes(ping).strip())
    except DamagedStreamError as damage:
        return pings, str(damage)
    return pings, None


def read(
    content: bytes, name: str = "part-0", chunk_bytes: int = 1 << 18
) -> tuple[list[bytes | Unreadable], str | None]:
    """Read a stored file."""
    store = MemoryStore({name: content}, chunk_bytes)
    return taken_from(store, StoredFile(name, len(content)))


def taken_from(store: Store, file: StoredFile) -> tuple[list[bytes | Unreadable], str | None]:
    """Return what is read from one file of a store."""
    return taken(batch.pings for batch in read_pings(store, file, DIMENSIONS))


def every_section(path: tuple[str, ...]) -> bool:
    """Say that a section of a split ping is read, where a test looks at the whole ping."""
    return bool(path)


def heka_pings(stored: bytes) -> list[Any]:
    """Return the whole decoded pings of a Heka file, None for one that is unreadable."""
    chunks = decompressed(iter([stored]), name="")
    pings = (
        Unreadable.PING if message is None else ping_of(message, every_section)
        for message in messages(chunks)
    )
    return [json.loads(ping) if isinstance(ping, bytes) else None for ping in pings]


@lru_cache
def _judge(day: date, kind: PingKind) -> PingJudge:
    return PingJudge(Judge(day, DIMENSIONS), kind)


def verdicts(
    content: bytes, day: date, name: str = "part-0", chunk_bytes: int = 1 << 18
) -> tuple[list[NormalizedPing | Ignored], str | None]:
    """Return what becomes of each ping of a stored file, and the damage if there is some."""
    store = MemoryStore({name: content}, chunk_bytes)
    found: list[NormalizedPing | Ignored] = []
    try:
        for pings, kind in read_pings(store, StoredFile(name, len(content)), DIMENSIONS):
            found += [verdict_of(_judge(day, kind), ping) for ping in pings]
    except DamagedStreamError as damage:
        return found, str(damage)
    return found, None
