"""The seam: a store lists a day's files and opens them; a format turns bytes into raw pings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, BinaryIO, Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of pings, as a store listed it."""

    url: str
    """What people are shown, and what the store opens."""
    size: int
    """Stored bytes, at least 0."""
    etag: str | None = None
    """Names the version that was listed, where the place tells versions apart."""


class Unreadable(Enum):
    """Stands for a ping that its format could not decode."""

    PING = "unreadable ping"


RawPing: TypeAlias = bytes | memoryview | Mapping[str, Any] | Unreadable
"""A ping's JSON text, or the decoded ping of a format that is not JSON."""

PingBatch: TypeAlias = Sequence[RawPing]
"""Some pings of one file, in their order; a memoryview in it lives as long as the batch."""


class Store(Protocol):
    """A place that holds files. Instances are picklable: they travel to worker processes."""

    def list_day(self, submission_date: date) -> Sequence[StoredFile]:
        """List the files of one submission date.

        Raises:
            PingsNotFoundError: The place itself does not exist.
        """
        ...

    def describe_day(self, submission_date: date) -> str:
        """Say where a day is looked for and which days are there, for a message."""
        ...

    def read(self, file: StoredFile) -> Iterator[bytes]:
        """Stream the stored bytes in chunks; the file is never held whole.

        Raises:
            SourceError: The file cannot be read, or is not the version that was listed.
        """
        ...

    def open(self, file: StoredFile) -> BinaryIO:
        """Open a file at any place in it, for formats that begin at their end; never held whole.

        Raises:
            SourceError: As `read`, here or at any later read.
        """
        ...


class DamagedStreamError(Exception):
    """A stream broke off or does not decompress; what came before it was sound."""


class PingFormat(Protocol):
    """A way to write many pings into one file."""

    def fits(self, head: bytes) -> bool:
        """Tell from the first decompressed bytes whether a file is of this format."""
        ...

    def read_pings(self, chunks: Iterable[bytes]) -> Iterator[PingBatch]:
        """Turn decompressed chunks into raw pings.

        Raises:
            DamagedStreamError: Passed on from `chunks`, after the pings before the damage.
        """
        ...
