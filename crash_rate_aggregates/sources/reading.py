"""From a stored file to raw pings: decompress, tell the format by the content, read."""

from __future__ import annotations

from collections.abc import Iterator

from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.sources.formats.arrays.json_arrays import JsonArrays
from crash_rate_aggregates.sources.formats.avro.avro_rows import AvroRows
from crash_rate_aggregates.sources.formats.compression import salvaged
from crash_rate_aggregates.sources.formats.gcp_files import GcpFiles
from crash_rate_aggregates.sources.formats.glean_pending import GleanPending
from crash_rate_aggregates.sources.formats.heka.format import HekaPings
from crash_rate_aggregates.sources.formats.json_pings import JsonPings
from crash_rate_aggregates.sources.formats.mozlz4 import MozLz4Pings
from crash_rate_aggregates.sources.formats.parquet_rows import ParquetRows
from crash_rate_aggregates.sources.interface import (
    DamagedStreamError,
    FileContent,
    PingBatch,
    PingFormat,
    Store,
    StoredFile,
)

FORMATS: tuple[PingFormat, ...] = (
    ParquetRows(),
    AvroRows(),
    HekaPings(),
    MozLz4Pings(),
    GleanPending(),
    GcpFiles(),
    JsonArrays(),
    JsonPings(),
)
"""Tried in this order; the last one takes everything."""
# Main pings have some 10 to 100 KB: a few of them fit in, by which most tell their kind.
_HEAD_BYTES = 1 << 20


def read_pings(
    store: Store, file: StoredFile, dimensions: tuple[Dimension, ...]
) -> Iterator[PingBatch]:
    """Read the raw pings of one stored file, batch by batch.

    Raises:
        DamagedStreamError: After the pings before the damage.
        SourceError: The file cannot be read.
    """
    # Nobody else holds the stream, so a format that ends it closes the file.
    head, chunks = _head(salvaged(lambda: store.read(file), name=file.url))
    content = FileContent(file, head, chunks, lambda: store.open(file), dimensions)
    format_of_file = next(known for known in FORMATS if known.fits(content))
    yield from format_of_file.read_pings(content)


def _head(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Take the first bytes; return them, and all chunks with the damage that may have met them."""
    taken: list[bytes] = []
    size = 0
    damage: DamagedStreamError | None = None
    try:
        while size < _HEAD_BYTES and (chunk := next(chunks, b"")):
            taken.append(chunk)
            size += len(chunk)
    except DamagedStreamError as error:
        damage = error
    # Damage this early is kept for later: what came before it is told apart and read.
    return b"".join(taken)[:_HEAD_BYTES], _all_chunks(taken, damage, chunks)


def _all_chunks(
    taken: list[bytes], damage: DamagedStreamError | None, chunks: Iterator[bytes]
) -> Iterator[bytes]:
    yield from taken
    if damage is not None:
        raise damage
    yield from chunks
