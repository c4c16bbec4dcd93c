"""The seam: a store lists a day's files and opens them; a format turns bytes into raw pings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, BinaryIO, NamedTuple, Protocol, TypeAlias

from crash_rate_aggregates.decode.layouts.kinds import V4_PINGS, PingKind
from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.errors import ObjectChangedError, UnreadableFileError
from crash_rate_aggregates.normalize.fields import PingFields


class FileStamp(NamedTuple):
    """Tells one version of a local file from another; packs small, as Spark ships all of a day."""

    modified_ns: int
    """When the content was last written, in nanoseconds since 1970."""
    inode: int
    changed_after_ns: int
    """How much later content, name or rights last changed, mostly 0."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of pings, as a store listed it."""

    url: str
    """What people are shown, and what the store opens."""
    size: int
    """Stored bytes, at least 0."""
    etag: str | None = None
    """Names the version that was listed, where the store has such a name."""
    stamp: FileStamp | None = None
    """Tells that version, where the store is a file system."""


class Unreadable(Enum):
    """Stands for a ping that its format could not decode."""

    PING = "unreadable ping"


RawPing: TypeAlias = bytes | memoryview | Mapping[str, Any] | PingFields | Unreadable
"""A ping's JSON text, the decoded ping of a format that is not JSON, or a columnar one's fields."""


class PingBatch(NamedTuple):
    """Some pings of one file, in their order."""

    pings: Sequence[RawPing]
    """A memoryview in it lives as long as the batch."""
    kind: PingKind = V4_PINGS
    """What the file says of its pings."""


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
        """Stream the stored bytes in chunks of about 256 KiB; the file is never held whole.

        Raises:
            SourceError: The file cannot be read, or is not the version that was listed.
        """
        ...

    def open(self, file: StoredFile) -> BinaryIO:
        """Open the stored bytes for reading at any place, never held whole; the caller closes it.

        Raises:
            SourceError: As `read`, here or at any later read.
        """
        ...


class DamagedStreamError(Exception):
    """A stream broke off or does not decompress; what came before it was sound."""


@dataclass(frozen=True, slots=True)
class FileContent:
    """One stored file as a format reads it."""

    file: StoredFile
    head: bytes
    """The first decompressed bytes, up to 1 MiB; all, if there are fewer."""
    chunks: Iterator[bytes]
    """The decompressed bytes from their start, to be taken once."""
    open: Callable[[], BinaryIO]
    """Opens the stored bytes for reading at any place."""
    dimensions: tuple[Dimension, ...]
    """What is read of a ping beside what the rules need."""


class PingFormat(Protocol):
    """A way to write many pings into one file."""

    name: str

    def fits(self, content: FileContent) -> bool:
        """Tell from `content.head` and the file's name whether a file is of this format."""
        ...

    def read_pings(self, content: FileContent) -> Iterator[PingBatch]:
        """Turn a file into raw pings.

        Raises:
            DamagedStreamError: After the pings before the damage.
            SourceError: The file cannot be read, or does not say what it holds.
        """
        ...


def unreadable_file(path: str, error: OSError) -> UnreadableFileError:
    """Say what the operating system refused to read, and the remedy."""
    return UnreadableFileError(
        f"cannot read {path!r}: {error.strerror}; give the job's user permission or repair the "
        "disk, then run the day again"
    )


def changed_file(url: str, became: str) -> ObjectChangedError:
    """Say that a file or object is another than the one that was listed."""
    return ObjectChangedError(
        f"{url!r} was {became} after it was listed: run the day again once nothing writes to it "
        "any more"
    )
