"""From a stored file to raw pings: decompress, tell the format by the content, read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from crash_rate_aggregates.sources.compression import salvaged
from crash_rate_aggregates.sources.interface import PingBatch, PingFormat, Store, StoredFile
from crash_rate_aggregates.sources.json_pings import JsonPings

FORMATS: tuple[PingFormat, ...] = (JsonPings(),)
"""Tried in this order; the last one takes everything."""


def read_pings(store: Store, file: StoredFile) -> Iterator[PingBatch]:
    """Read the raw pings of one stored file, batch by batch.

    Raises:
        DamagedStreamError: After the pings before the damage.
        SourceError: The file cannot be read.
    """
    chunks = salvaged(lambda: store.read(file), name=file.url)
    head = next(chunks, b"")
    format_of_file = next(known for known in FORMATS if known.fits(head))
    yield from format_of_file.read_pings(chain([head], chunks))
