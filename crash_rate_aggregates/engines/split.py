"""Deal a day's files to workers: small ones packed, large ones first, the largest shared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crash_rate_aggregates.engines.interface import files_bytes
from crash_rate_aggregates.sources.interface import StoredFile

PACK_BYTES = 16 << 20
"""Small files are judged together up to this stored size: a task's own cost then vanishes."""
SHARE_BYTES = 32 << 20
"""A file below this stored size is judged by one worker even if it is most of the day."""
_TASKS_PER_JOB = 3
"""At least, in a small day too: no worker is idle for long at the end."""


@dataclass(frozen=True, slots=True)
class DayWork:
    """How the files of a day are dealt."""

    whole: tuple[tuple[StoredFile, ...], ...]
    """Files that one worker judges, largest first."""
    shared: tuple[StoredFile, ...]
    """Files so large that the day would wait for one worker: all share their pings."""


def split_work(files: Sequence[StoredFile], jobs: int) -> DayWork:
    """Deal files to workers; a file above a worker's fair share of the day is shared."""
    # A file above it would keep one worker busy when all others are done.
    fair_share = files_bytes(files) / jobs
    limit = max(fair_share, SHARE_BYTES)
    shared = [file for file in files if jobs > 1 and file.size > limit]
    pack_bytes = min(PACK_BYTES, _small_share(files, jobs))
    return DayWork(tuple(_packed(set(files) - set(shared), pack_bytes)), tuple(shared))


def packs(files: Sequence[StoredFile], jobs: int, *, most: int) -> list[tuple[StoredFile, ...]]:
    """Deal files to workers that share none, largest first, packed up to `most` stored bytes."""
    return list(_packed(files, min(most, _small_share(files, jobs))))


def _small_share(files: Sequence[StoredFile], jobs: int) -> float:
    return files_bytes(files) / (jobs * _TASKS_PER_JOB)


def _packed(files: Iterable[StoredFile], most: float) -> Iterator[tuple[StoredFile, ...]]:
    pack: list[StoredFile] = []
    size = 0
    # By name among equals: the same day is dealt the same, whatever order a store lists it in.
    for file in sorted(files, key=lambda file: (-file.size, file.url)):
        if pack and size + file.size > most:
            yield tuple(pack)
            pack, size = [], 0
        pack.append(file)
        size += file.size
    if pack:
        yield tuple(pack)
