"""The bytes of one version of an object, each once, over connections that break.

obstore retries a request that fails, and resumes a broken body a few times within three minutes of
its start. A large object is read for longer than that, so it is taken up anew here wherever obstore
gives up, as long as each start brings it further.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import GenericError

from crash_rate_aggregates.errors import ObjectBrokeOffError
from crash_rate_aggregates.sources.interface import StoredFile, changed_file
from crash_rate_aggregates.sources.stores.objects.bucket import Bucket
from crash_rate_aggregates.sources.stores.objects.storage_faults import (
    STORAGE_FAULTS,
    is_broken_stream,
    reading_error,
    retrying_broken,
)
from crash_rate_aggregates.sources.stores.objects.waiting import interruptible

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from obstore import GetOptions, GetResult

_CHUNK_BYTES = 1 << 18
_WEAK = "W/"


def quoted(etag: str) -> str:
    """Write an ETag as headers do, in quotes; Azure's and Google's listings leave them out."""
    return etag if etag.startswith(('"', _WEAK)) else f'"{etag}"'


def object_bytes(bucket: Bucket, file: StoredFile, start: int, end: int) -> Iterator[bytes]:
    """Stream the bytes from `start` up to `end` of the version that was listed.

    Raises:
        ObjectChangedError: The object is gone, or another version.
        ObjectBrokeOffError: It breaks off at the same byte again and again.
        StorageError: It cannot be read.
    """
    if not file.size:
        _check_empty(bucket, file)
    while start < end:
        try:
            for chunk in _begun(bucket, file, start, end):
                # Before it is given away: what was given is never asked for again.
                start += len(chunk)
                yield chunk
        except STORAGE_FAULTS as error:
            if not is_broken_stream(error):
                raise reading_error(error, bucket, file.url) from error


def _begun(bucket: Bucket, file: StoredFile, start: int, end: int) -> Iterator[bytes]:
    """Start a stream and wait for its first chunk, so that every start brings it further."""

    def begun() -> Iterator[bytes]:
        answer = _requested(
            bucket, file, {"range": (start, end)} if start or end < file.size else {}
        )
        chunks = iter(answer.stream(min_chunk_size=_CHUNK_BYTES))
        first = next(chunks, b"")
        if not first:
            # obstore takes an answer that ends early for a whole one.
            raise GenericError("the answer ends before its first byte")
        # Later chunks wait for the network too, and Ctrl-C must be answered meanwhile.
        return chain([first], iter(lambda: interruptible(lambda: next(chunks, b"")), b""))

    try:
        return retrying_broken(begun)
    except STORAGE_FAULTS as error:
        if not is_broken_stream(error):
            raise reading_error(error, bucket, file.url) from error
        raise ObjectBrokeOffError(
            f"{file.url!r} breaks off after {start:,} of {file.size:,} bytes, and when it is read "
            "on from there: check the network and the server, then run the day again"
        ) from error


def _requested(bucket: Bucket, file: StoredFile, options: GetOptions) -> GetResult:
    """Request an object, and hold it to what was listed: some servers ignore If-Match."""
    if file.etag is not None and not file.etag.startswith(_WEAK):  # If-Match takes no weak ones.
        options["if_match"] = file.etag
    answer = obstore.get(bucket.connect(), file.url.removeprefix(f"{bucket.url}/"), options=options)
    # Of the answer itself, not of another request: nothing can change in between.
    if answer.meta["size"] != file.size or _is_other_version(answer.meta["e_tag"], file.etag):
        raise changed_file(file.url, "overwritten")
    return answer


def _is_other_version(etag: str | None, listed: str | None) -> bool:
    if etag is None or listed is None:
        return False
    return quoted(etag).removeprefix(_WEAK) != listed.removeprefix(_WEAK)


def _check_empty(bucket: Bucket, file: StoredFile) -> None:
    """Notice an object that was empty when it was listed and is not any more."""
    try:
        interruptible(lambda: _requested(bucket, file, {}))
    except FileNotFoundError:  # A folder's marker, listed without the slash at its end.
        return
    except STORAGE_FAULTS as error:
        raise reading_error(error, bucket, file.url) from error


class RandomAccess(io.RawIOBase):
    """One version of an object as a raw file: each read is a request for a range."""

    def __init__(self, bucket: Bucket, file: StoredFile) -> None:
        super().__init__()
        self._bucket = bucket
        self._file = file
        self._position = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; nothing is requested.

        Raises:
            ValueError: To before the start.
        """
        starts = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._file.size}
        position = starts[whence] + offset
        if position < 0:
            raise ValueError(f"negative seek position {position}")
        self._position = position
        return position

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    def readall(self) -> bytes:
        """Return all bytes from the position on, of one request; empty at the end.

        Raises:
            StorageError: As `object_bytes`.
        """
        start, self._position = self._position, max(self._position, self._file.size)
        return b"".join(object_bytes(self._bucket, self._file, start, self._file.size))

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer from the position on; 0 at the end.

        Raises:
            StorageError: As `object_bytes`.
        """
        view = memoryview(buffer).cast("B")
        end = min(self._position + len(view), self._file.size)
        count = 0
        for chunk in object_bytes(self._bucket, self._file, self._position, end):
            view[count : count + len(chunk)] = chunk
            count += len(chunk)
        self._position += count
        return count
