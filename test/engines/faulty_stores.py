"""Stores that fail in known ways; Spark's workers import this, so it is kept small."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import psutil

from crash_rate_aggregates.errors import UnreadableFileError
from crash_rate_aggregates.sources.interface import Store, StoredFile

ANOTHER_SECONDS = 60
"""Longest wait for what another process does."""


@dataclass(frozen=True)
class FailsAtFirst:
    """Fails in the middle of each file the first few times, as a network does."""

    store: Store
    marks: Path
    """Folder that remembers each reading, across processes."""
    times: int

    def list_day(self, submission_date: date) -> Sequence[StoredFile]:
        """List as the store does."""
        return self.store.list_day(submission_date)

    def describe_day(self, submission_date: date) -> str:
        """Describe as the store does."""
        return self.store.describe_day(submission_date)

    def readings(self, file: StoredFile) -> int:
        """Return how often a file was opened."""
        return len(list(self.marks.glob(f"{Path(file.url).name}-*")))

    def read(self, file: StoredFile) -> Iterator[bytes]:
        """Fail after half of the file until it has failed often enough."""
        content = b"".join(self.store.read(file))
        before = self.readings(file)
        (self.marks / f"{Path(file.url).name}-{before}").touch()
        yield content[: len(content) // 2]
        if before < self.times:
            raise UnreadableFileError(f"cannot read {file.url!r}: try again")
        yield content[len(content) // 2 :]

    def open(self, file: StoredFile) -> BinaryIO:
        """Open as the store does."""
        return self.store.open(file)


@dataclass(frozen=True)
class ReadTwice:
    """Does something at one file, by which it is read a second time."""

    store: Store
    marks: Path
    """Folder that remembers each reading, across processes."""
    url: str

    def list_day(self, submission_date: date) -> Sequence[StoredFile]:
        """List as the store does."""
        return self.store.list_day(submission_date)

    def describe_day(self, submission_date: date) -> str:
        """Describe as the store does."""
        return self.store.describe_day(submission_date)

    def readings(self) -> int:
        """Return how often the file was opened."""
        return len(list(self.marks.iterdir()))

    def read(self, file: StoredFile) -> Iterator[bytes]:
        """Read as the store does, and stumble after the first bytes of that file."""
        chunks = iter(self.store.read(file))
        if file.url == self.url:
            (self.marks / f"{time.monotonic_ns()}-{os.getpid()}").touch()
            yield next(chunks)
            self.stumble()
        yield from chunks

    def open(self, file: StoredFile) -> BinaryIO:
        """Open as the store does."""
        return self.store.open(file)

    def stumble(self) -> None:
        """Do what leads to a second reading."""
        raise NotImplementedError


class WaitsForAnother(ReadTwice):
    """Holds the first reader until there is a second one, and then serves both."""

    def stumble(self) -> None:
        """Wait for the second reader.

        Raises:
            UnreadableFileError: None came.
        """
        end = time.monotonic() + ANOTHER_SECONDS
        while self.readings() < 2:
            if time.monotonic() > end:
                raise UnreadableFileError(f"nobody else reads {self.url!r}")
            time.sleep(0.05)  # Another process ends this.


@dataclass(frozen=True)
class Stalls:
    """Begins to read a file, and then gives nothing until it is let go; others come after it."""

    store: Store
    url: str
    began: Path
    """Is there when the file is being read."""
    go_on: Path
    """Whoever makes it lets the reader go on."""

    def list_day(self, submission_date: date) -> Sequence[StoredFile]:
        """List as the store does."""
        return self.store.list_day(submission_date)

    def describe_day(self, submission_date: date) -> str:
        """Describe as the store does."""
        return self.store.describe_day(submission_date)

    def read(self, file: StoredFile) -> Iterator[bytes]:
        """Read as the store does, in that order."""
        if file.url == self.url:
            self.began.touch()
        awaited = self.go_on if file.url == self.url else self.began
        end = time.monotonic() + ANOTHER_SECONDS
        while not awaited.exists() and time.monotonic() < end:
            time.sleep(0.02)  # Another process ends this.
        yield from self.store.read(file)

    def open(self, file: StoredFile) -> BinaryIO:
        """Open as the store does."""
        return self.store.open(file)


class KillsItsExecutor(ReadTwice):
    """Ends the executor of the first reader by kill -9."""

    def stumble(self) -> None:
        """Kill the Java that has started this Python, the first time."""
        if self.readings() == 1:
            java = next(one for one in psutil.Process().parents() if one.name() == "java")
            java.kill()
            java.wait(ANOTHER_SECONDS)


@dataclass(frozen=True)
class BrokenDisk:
    """Fails at the first byte that is read at a place, as a disk does; in a stream on demand."""

    store: Store
    in_stream: bool = False

    def list_day(self, submission_date: date) -> Sequence[StoredFile]:
        """List as the store does."""
        return self.store.list_day(submission_date)

    def describe_day(self, submission_date: date) -> str:
        """Describe as the store does."""
        return self.store.describe_day(submission_date)

    def read(self, file: StoredFile) -> Iterator[bytes]:
        """Read as the store does."""
        yield from self.store.read(file)
        if self.in_stream:
            raise _broken()

    def open(self, file: StoredFile) -> BinaryIO:
        """Open a file of which nothing can be read."""
        del file
        return _BrokenFile()


class _BrokenFile(BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        del size
        raise _broken()


def _broken() -> OSError:
    return OSError(errno.EIO, os.strerror(errno.EIO))
