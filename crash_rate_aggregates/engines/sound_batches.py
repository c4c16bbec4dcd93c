"""Read the pings of one file of a day, and decide what its damage means for the day."""

from __future__ import annotations

from collections.abc import Iterator

from crash_rate_aggregates.engines.interface import DayRequest
from crash_rate_aggregates.errors import DamagedFileError
from crash_rate_aggregates.ledger import DamagedFile
from crash_rate_aggregates.sources.interface import DamagedStreamError, PingBatch, StoredFile
from crash_rate_aggregates.sources.reading import read_pings


def sound_batches(
    request: DayRequest, file: StoredFile, damaged: list[DamagedFile]
) -> Iterator[PingBatch]:
    """Yield a file's pings; list it as damaged, or fail the day, where it breaks off.

    Args:
        request: Says whether damage is allowed.
        file: One of its files.
        damaged: Takes the file, if it is damaged, after the last sound batch.

    Raises:
        DamagedFileError: The file is damaged and the request does not allow that.
        SourceError: It cannot be read.
    """
    try:
        yield from read_pings(request.store, file, request.dimensions)
    except DamagedStreamError as damage:
        if not request.allow_damaged:
            raise DamagedFileError(
                f"{file.url!r} is damaged: {damage}; fetch it again, or count what is readable "
                "with --allow-damaged"
            ) from damage
        damaged.append(DamagedFile(file.url, str(damage)))
