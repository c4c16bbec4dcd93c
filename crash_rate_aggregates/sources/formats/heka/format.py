"""Heka's files as a format: pings of records, whole file compressed or not."""

from __future__ import annotations

from collections.abc import Iterator

from crash_rate_aggregates.sources.formats.heka.read_sections import ReadSections
from crash_rate_aggregates.sources.formats.heka.reassembly import ping_of
from crash_rate_aggregates.sources.formats.heka.records import begins_with_record, messages
from crash_rate_aggregates.sources.interface import (
    DamagedStreamError,
    FileContent,
    PingBatch,
    RawPing,
    Unreadable,
)

_BATCH_BYTES = 1 << 20
_DECODED_PING_BYTES = 64 << 10
"""What a ping that is no text counts for."""


class HekaPings:
    """Records of the 2016 telemetry bucket: plain or each by snappy, in both layouts."""

    name = "Heka"

    def fits(self, content: FileContent) -> bool:
        """Tell by the framing of the first record that is sound."""
        return begins_with_record(content.head)

    def read_pings(self, content: FileContent) -> Iterator[PingBatch]:
        """Read records; one that does not decode, or is cut, is one unreadable ping.

        Raises:
            DamagedStreamError: From the chunks, after the pings before the damage.
        """
        is_read = ReadSections(content.dimensions).holds
        batch: list[RawPing] = []
        size = 0
        try:
            for message in messages(content.chunks):
                ping = Unreadable.PING if message is None else ping_of(message, is_read)
                # Not one by one: a batch is what is handed to another process or judged at once.
                batch.append(ping)
                size += len(ping) if isinstance(ping, bytes) else _DECODED_PING_BYTES
                if size >= _BATCH_BYTES:
                    yield PingBatch(batch)
                    batch, size = [], 0
        except DamagedStreamError:
            yield PingBatch(batch)
            raise
        if batch:
            yield PingBatch(batch)
