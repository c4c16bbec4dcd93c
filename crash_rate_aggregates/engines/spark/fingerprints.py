"""Tell whether files that are read again, after a worker was lost, are still the same."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, BinaryIO

from crash_rate_aggregates.sources.interface import Store, StoredFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


@dataclass(slots=True)
class FingerprintedStore:
    """A store that keeps a fingerprint of all that was read from it to the end."""

    store: Store
    _digests: list[bytes] = field(default_factory=list)

    def list_day(self, submission_date: date) -> Sequence[StoredFile]:
        """List as the store does."""
        return self.store.list_day(submission_date)

    def describe_day(self, submission_date: date) -> str:
        """Describe as the store does."""
        return self.store.describe_day(submission_date)

    def read(self, file: StoredFile) -> Iterator[bytes]:
        """Stream the stored bytes; one that is left before its end, at damage, does not count."""
        content = blake2b(digest_size=16)
        for chunk in self.store.read(file):
            content.update(chunk)
            yield chunk
        self._digests.append(content.digest())

    def open(self, file: StoredFile) -> BinaryIO:
        """Open a file at any place in it; what is read of it counts."""
        return io.BufferedReader(_FingerprintedFile(self.store.open(file), self._digests))

    def fingerprint(self) -> bytes:
        """Return BLAKE2b-128 over what was read so far, in whatever order."""
        return blake2b(b"".join(sorted(self._digests)), digest_size=16).digest()


class _FingerprintedFile(io.RawIOBase):
    """A file that adds a digest of each read, with its place, to a list."""

    def __init__(self, file: BinaryIO, digests: list[bytes]) -> None:
        super().__init__()
        self._file = file
        self._digests = digests

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move, as the file does."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._file.tell()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer from the position on; 0 at the end."""
        view = memoryview(buffer).cast("B")
        place = self._file.tell().to_bytes(8, "big")
        data = self._file.read(len(view))
        view[: len(data)] = data
        self._digests.append(blake2b(place + data, digest_size=16).digest())
        return len(data)

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()
