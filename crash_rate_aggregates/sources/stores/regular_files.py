"""Local files that are pinned: regular ones alone, and still those that were listed when read."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from typing import BinaryIO

from crash_rate_aggregates.errors import UnreadableFileError
from crash_rate_aggregates.sources.interface import (
    FileStamp,
    StoredFile,
    changed_file,
    unreadable_file,
)

# O_NOCTTY: a terminal among the files must not become that of a process without one.
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY
_CHUNK_BYTES = 1 << 18
_KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}
_TIME_STEPS_NS = (1, 100, 1000, 10**6, 10**9, 2 * 10**9)
"""How finely file systems keep times: local ones, NTFS and SMB, NFS, …, ext3, FAT."""


def regular_status(path: str) -> os.stat_result:
    """Return what the file system says of a file, or of that to which a link leads.

    Raises:
        UnreadableFileError: It is no regular file, or is out of reach.
    """
    try:
        return _held_regular(path, os.stat(path))
    except OSError as error:
        raise unreadable_file(path, error) from error


def pinned_file(path: str, status: os.stat_result) -> StoredFile:
    """Return a file as a listing finds it."""
    changed_after_ns = status.st_ctime_ns - status.st_mtime_ns
    stamp = FileStamp(status.st_mtime_ns, status.st_ino, changed_after_ns)
    return StoredFile(path, status.st_size, stamp=stamp)


def pinned_chunks(file: StoredFile) -> Iterator[bytes]:
    """Stream a file's bytes; at their end it is known that they are those of the listed file.

    Raises:
        ObjectChangedError: It is not the file that was listed, or not any more.
        UnreadableFileError: It cannot be opened or read.
    """
    try:
        with _PinnedFile(file) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                yield chunk
            stream.check()
    except OSError as error:
        raise unreadable_file(file.url, error) from error


def pinned_reader(file: StoredFile) -> BinaryIO:
    """Open a file to be read at any place; closing it tells whether it stayed the listed one.

    Raises:
        As `pinned_chunks`; `ObjectChangedError` by `close` too.
    """
    try:
        return _CheckedAtClose(_PinnedFile(file))
    except OSError as error:
        raise unreadable_file(file.url, error) from error


class _PinnedFile(io.FileIO):
    """A descriptor of a listed file, unbuffered."""

    def __init__(self, file: StoredFile) -> None:
        super().__init__(_regular_descriptor(file.url))
        self._listed = file
        try:
            self._hold(os.fstat(self.fileno()))
        except BaseException:
            self.close()
            raise

    def check(self) -> None:
        """Hold that the file is as it was listed, and that its path still leads to it.

        Raises:
            ObjectChangedError: One of the two is not so.
        """
        self._hold(os.fstat(self.fileno()))
        try:
            self._hold(os.stat(self._listed.url))
        except FileNotFoundError as error:
            raise changed_file(self._listed.url, "removed") from error

    def _hold(self, status: os.stat_result) -> None:
        if became := _difference(self._listed, status):
            raise changed_file(self._listed.url, became)


class _CheckedAtClose(io.BufferedReader):
    """Checks once more when it is closed: what reads at any place has no end to do that at."""

    def __init__(self, pinned: _PinnedFile) -> None:
        super().__init__(pinned)
        self._pinned = pinned

    def close(self) -> None:
        """Close the file."""
        try:
            if not self.closed:
                self._pinned.check()
        finally:
            super().close()


def _regular_descriptor(path: str) -> int:
    """Open a regular file; what has become of it since the listing is told by the descriptor."""
    descriptor = _descriptor(path)
    try:
        _held_regular(path, os.fstat(descriptor))
        # Only the opening was not to wait; reading is.
        os.set_blocking(descriptor, True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _descriptor(path: str) -> int:
    """Open a path without waiting for a writer, as a FIFO would."""
    try:
        return os.open(path, _FLAGS | os.O_NONBLOCK)
    except BlockingIOError:
        # Only a regular file can be leased, as Samba does: whoever holds it is asked to let go.
        return os.open(path, _FLAGS)


def _held_regular(path: str, status: os.stat_result) -> os.stat_result:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise UnreadableFileError(
            f"cannot read {path!r}: it is {kind} and no file; move it away or put an underscore "
            "before its name, then run the day again"
        )
    return status


def _difference(file: StoredFile, status: os.stat_result) -> str | None:
    """Say what became of a file since it was listed, None if nothing did."""
    stamp = file.stamp
    if stamp is None:
        return None
    changed_ns = stamp.modified_ns + stamp.changed_after_ns
    # FUSE numbers a file anew once the kernel forgot it. One that took its place has another
    # time of change, which nobody can set.
    if status.st_ino != stamp.inode and not _is_same_time(status.st_ctime_ns, changed_ns):
        return "replaced"
    if status.st_size != file.size:
        return "truncated" if status.st_size < file.size else "appended to"
    return None if _is_same_time(status.st_mtime_ns, stamp.modified_ns) else "overwritten"


def _is_same_time(one: int, other: int) -> bool:
    """Tell whether two times are one: caches can know it finer than the disk keeps it."""
    earlier, later = sorted((one, other))
    return any(earlier == later - later % step for step in _TIME_STEPS_NS)
