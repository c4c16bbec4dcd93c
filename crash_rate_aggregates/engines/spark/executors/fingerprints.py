"""Tell whether files that are read again, after a worker was lost, are still the same."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, BinaryIO

from isal import isal_zlib

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
        content = _Checksums()
        for chunk in self.store.read(file):
            content.add(chunk)
            yield chunk
        self._digests.append(content.digest())

    def open(self, file: StoredFile) -> BinaryIO:
        """Open a file at any place in it; what is read of it counts."""
        return io.BufferedReader(_FingerprintedFile(self.store.open(file), self._digests))

    def fingerprint(self) -> bytes:
        """Return 128 bits that tell what was read so far, in whatever order."""
        # Sorted: Arrow reads the parts of a Parquet file in any order.
        return blake2b(b"".join(sorted(self._digests)), digest_size=16).digest()


class _Checksums:
    """Length, CRC-32 and Adler-32 of a stream, by ISA-L: a hash would be a tenth of all work."""

    def __init__(self) -> None:
        self._length = 0
        self._crc, self._adler = 0, 1

    def add(self, data: bytes) -> None:
        """Go on with the next bytes."""
        self._length += len(data)
        self._crc = isal_zlib.crc32(data, self._crc)
        self._adler = isal_zlib.adler32(data, self._adler)

    def digest(self) -> bytes:
        """Return 16 bytes; other content has the same by accident less than once in 2**32."""
        return struct.pack(">QII", self._length, self._crc, self._adler)


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
        content = _Checksums()
        # The place counts: other parts of the file could have the same bytes.
        content.add(self._file.tell().to_bytes(8, "big"))
        data = self._file.read(len(view))
        view[: len(data)] = data
        content.add(data)
        self._digests.append(content.digest())
        return len(data)

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()
