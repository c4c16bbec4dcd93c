"""Pings in local folders."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import BinaryIO

from crash_rate_aggregates.errors import PingsNotFoundError
from crash_rate_aggregates.sources.interface import StoredFile, unreadable_file
from crash_rate_aggregates.sources.stores.day_folders import DayPattern, shown_days
from crash_rate_aggregates.sources.stores.regular_files import (
    pinned_chunks,
    pinned_file,
    pinned_reader,
    regular_status,
)
from crash_rate_aggregates.sources.stores.selection import (
    EVERYTHING,
    Children,
    PathSelection,
    holds_pings,
)


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """The local file system as a store."""

    days: DayPattern
    """Where days lie."""
    selection: PathSelection = EVERYTHING

    def list_day(self, submission_date: date) -> Sequence[StoredFile]:
        """List a day's files at any depth, by path.

        Names that start with a dot or an underscore (`_SUCCESS`, `.part-0.crc`) are no pings.

        Raises:
            PingsNotFoundError: The folder, or the pattern's fixed part, does not exist.
            UnreadableFileError: A folder may not be listed.
            BadSettingError: A part of the day is chosen, and the files are not of that layout.
        """
        if not is_folder(self.days.root):
            raise PingsNotFoundError(
                f"the folder {self.days.root!r} of --pings does not exist: name the folder that "
                "holds submission_date=YYYY-MM-DD folders, or a pattern with %Y%m%d"
            )
        day = self.days.folder(submission_date)
        chosen = self.selection.folders(lambda folder: _children(os.path.join(day, folder)))
        files = files_below(os.path.join(day, folder) if folder else day for folder in chosen)
        for file in files:
            self.selection.check_file(file.url.removeprefix(day).strip("/"))
        return files

    def describe_day(self, submission_date: date) -> str:
        """Say which folder was looked into and which days lie beside it."""
        folder = self.days.folder(submission_date)
        chosen = f" for {self.selection}" if self.selection else ""
        if self.days.has_fields:
            return f"looked in {folder!r}{chosen}"
        try:
            names = os.listdir(self.days.root)
        except OSError:  # A day's folder can be open to those who may not list what is beside it.
            return f"looked in {folder!r}"
        return f"looked in {folder!r}; {shown_days(map(self.days.day_of_folder, names))}"

    def read(self, file: StoredFile) -> Iterator[bytes]:
        """Stream a file's bytes.

        Raises:
            ObjectChangedError: At the start or the end: it is not the file that was listed.
            UnreadableFileError: It cannot be opened or read.
        """
        return pinned_chunks(file)

    def open(self, file: StoredFile) -> BinaryIO:
        """Open a file at any place in it.

        Raises:
            ObjectChangedError: Here or when it is closed: it is not the file that was listed.
            UnreadableFileError: It cannot be opened.
        """
        return pinned_reader(file)


def is_folder(path: str) -> bool:
    """Tell whether a path names a folder.

    Raises:
        UnreadableFileError: The way to it is closed.
    """
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except PermissionError as error:
        raise unreadable_file(path, error) from error
    except OSError:  # Nothing there, a file on the way, a link to itself: no folder.
        return False


def _children(folder: str) -> Children:
    """List what is directly in a folder: names of folders, and of all else."""
    _, folders, files = next(os.walk(folder, onerror=_refuse, followlinks=True), ("", [], []))
    return folders, files


def _refuse(error: OSError) -> None:
    # os.walk passes over what it may not list, and the day would lose pings in silence.
    # A day without a folder has no files, which is no fault of the folder's.
    if not isinstance(error, FileNotFoundError):
        raise unreadable_file(error.filename, error) from error


def files_below(
    tops: Iterable[str], wanted: Callable[[str], bool] = holds_pings
) -> list[StoredFile]:
    """List files below folders, at any depth, by path; a file of several names by its first.

    Args:
        tops: Folders; one that does not exist is empty.
        wanted: Tells by its name whether a file is listed.

    Raises:
        UnreadableFileError: A folder may not be listed, a link leads to nothing, or a name is
            that of no regular file.
    """
    found: dict[tuple[int, ...], StoredFile] = {}
    for path in sorted(_paths_below(tops, wanted)):
        status = regular_status(path)
        # Size and time too: not every file system has a number of its own for each file, and
        # none may be taken for another.
        identity = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
        found.setdefault(identity, pinned_file(path, status))
    return list(found.values())


def _paths_below(tops: Iterable[str], wanted: Callable[[str], bool]) -> Iterator[str]:
    """Walk through folders; one that links lead to more than once is entered once."""
    visited: set[str] = set()
    walks = (os.walk(folder, onerror=_refuse, followlinks=True) for folder in tops)
    for parent, folders, names in chain.from_iterable(walks):
        # Links can lead up or into each other: without this a walk has no end.
        place = os.path.realpath(parent)
        if place in visited:
            folders.clear()
            continue
        visited.add(place)
        # In place: os.walk goes into what is left here. Sorted, so that of two ways the same wins.
        folders[:] = sorted(filter(holds_pings, folders))
        yield from (os.path.join(parent, name) for name in names if wanted(name))
