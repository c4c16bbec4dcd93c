"""Tell whether files that are read again, after a worker was lost, are still the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import BinaryIO

from crash_rate_aggregates.sources.interface import Store, StoredFile


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
        """Open as the store does: what is read at any place has no fingerprint."""
        return self.store.open(file)

    def fingerprint(self) -> bytes:
        """Return BLAKE2b-128 over the contents so far, in the order of reading."""
        return blake2b(b"".join(self._digests), digest_size=16).digest()
