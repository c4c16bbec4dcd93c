"""Cut the pings of a file that is too large for one worker into blocks that travel to all."""

from __future__ import annotations

from collections.abc import Iterator

from crash_rate_aggregates.decode.layouts.kinds import V4_PINGS
from crash_rate_aggregates.engines.interface import DayRequest
from crash_rate_aggregates.engines.sound_batches import sound_batches
from crash_rate_aggregates.ledger import DamagedFile
from crash_rate_aggregates.sources.interface import PingBatch, RawPing, StoredFile

_BLOCK_BYTES = 4 << 20
"""So large that a task's own cost vanishes, so small that some wait for each worker."""
_PING_BYTES = 64
"""What any ping takes beside its text: of lines of a byte or two a block would hold millions."""
_DECODED_PING_BYTES = 4 << 10
"""What a ping that is no text counts for: its true size would cost more to find than it tells."""


def shared_blocks(
    request: DayRequest, file: StoredFile, damaged: list[DamagedFile]
) -> Iterator[PingBatch]:
    """Read a file and yield its pings in blocks of a few MiB that can travel to a worker."""
    block: list[RawPing] = []
    size = 0
    kind = V4_PINGS
    for batch in sound_batches(request, file, damaged):
        kind = batch.kind
        for ping in batch.pings:
            # A view into a chunk cannot be pickled, and its chunk would travel for each ping of it.
            portable = bytes(ping) if isinstance(ping, memoryview) else ping
            block.append(portable)
            size += _PING_BYTES
            size += len(portable) if isinstance(portable, bytes) else _DECODED_PING_BYTES
        # Between batches, each of which is a chunk at most: a block stays near its size.
        if size >= _BLOCK_BYTES:
            yield PingBatch(block, kind)
            block, size = [], 0
    if block:
        yield PingBatch(block, kind)
