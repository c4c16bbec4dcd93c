"""Pings in buckets of S3, Google Cloud Storage and Azure, and of servers that speak their ways."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, BinaryIO

import obstore

from crash_rate_aggregates.sources.interface import StoredFile
from crash_rate_aggregates.sources.stores.day_folders import DayPattern, shown_days
from crash_rate_aggregates.sources.stores.objects.bucket import Bucket
from crash_rate_aggregates.sources.stores.objects.object_stream import (
    RandomAccess,
    object_bytes,
    quoted,
)
from crash_rate_aggregates.sources.stores.objects.storage_faults import (
    STORAGE_FAULTS,
    listing_error,
    retrying_broken,
)
from crash_rate_aggregates.sources.stores.selection import Children, PathSelection, holds_pings

if TYPE_CHECKING:
    from obstore import ListResult, ObjectMeta

_LISTED_AT_ONCE = 1000
_BUFFER_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """A bucket as a store. Objects are pinned by ETag and size when they are listed."""

    bucket: Bucket
    days: DayPattern
    """Where days lie in the bucket."""
    selection: PathSelection

    def list_day(self, submission_date: date) -> Sequence[StoredFile]:
        """List a day's objects at any depth, by name, hidden ones left out.

        Raises:
            BucketNotFoundError: There is no such bucket.
            StorageError: It cannot be listed.
            BadSettingError: A part of the day is chosen, and the objects are not of that layout.
        """
        day = self._prefix(submission_date)
        folders = self.selection.folders(lambda folder: self._children(_joined(day, folder)))
        objects = (found for folder in folders for found in self._below(_joined(day, folder)))
        return sorted(self._pings_among(objects, day), key=lambda file: file.url)

    def describe_day(self, submission_date: date) -> str:
        """Say where a day was looked for and which days lie beside it."""
        place = f"looked in {self._url(self._prefix(submission_date))!r}"
        chosen = f" for {self.selection}" if self.selection else ""
        if self.days.has_fields:
            return place + chosen
        folders, _ = self._children(self.days.pattern)
        return f"{place}; {shown_days(map(self.days.day_of_folder, folders))}"

    def read(self, file: StoredFile) -> Iterator[bytes]:
        """Stream an object's bytes, each once; a stream that breaks is taken up where it broke.

        Raises:
            ObjectChangedError: It is gone, or not the version that was listed.
            StorageError: It cannot be read.
        """
        return object_bytes(self.bucket, file, 0, file.size)

    def open(self, file: StoredFile) -> BinaryIO:
        """Open an object at any place in it; what is read is fetched by range."""
        return io.BufferedReader(RandomAccess(self.bucket, file), _BUFFER_BYTES)

    def _prefix(self, submission_date: date) -> str:
        return self.days.folder(submission_date).strip("/")

    def _url(self, path: str) -> str:
        return f"{self.bucket.url}/{path}"

    def _pings_among(self, objects: Iterator[ObjectMeta], day: str) -> Iterator[StoredFile]:
        start = len(day) + 1
        for found in objects:
            path = found["path"][start:]
            if all(map(holds_pings, path.split("/"))):
                self.selection.check_file(path)
                # Pinned: every later request names this version, or the day fails.
                etag = quoted(found["e_tag"]) if found["e_tag"] else None
                yield StoredFile(self._url(found["path"]), found["size"], etag)

    def _below(self, prefix: str) -> list[ObjectMeta]:
        """List all objects below a prefix, at any depth."""
        connection = self.bucket.connect()

        def listed() -> list[ObjectMeta]:
            # Collected within what is tried again: a listing that broke begins anew, and
            # nothing of its first attempt is listed twice.
            pages = obstore.list(connection, prefix, chunk_size=_LISTED_AT_ONCE)
            return [found for page in pages for found in page]

        try:
            return retrying_broken(listed)
        except STORAGE_FAULTS as error:
            raise listing_error(error, self.bucket, self._url(prefix)) from error

    def _children(self, prefix: str) -> Children:
        """List folders and objects directly below a prefix."""
        connection = self.bucket.connect()

        def listed() -> ListResult[Sequence[ObjectMeta]]:
            return obstore.list_with_delimiter(connection, prefix or None)

        try:
            found = retrying_broken(listed)
        except STORAGE_FAULTS as error:
            raise listing_error(error, self.bucket, self._url(prefix)) from error
        return (
            [_last_part(folder) for folder in found["common_prefixes"]],
            # Consoles make an empty object for a folder.
            [_last_part(file["path"]) for file in found["objects"] if file["size"]],
        )


def _joined(folder: str, below: str) -> str:
    return f"{folder}/{below}".strip("/")


def _last_part(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
