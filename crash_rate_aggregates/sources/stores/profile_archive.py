"""The pings that a person's own Firefox keeps, in `datareporting/archived` of the profile.

Folders are months, like `2026-11`, and files are named `<milliseconds since 1970>.<id>.<doc
type>.jsonlz4` (firefox-source-docs, toolkit/components/telemetry/concepts/archiving). No server has
seen these pings, so the UTC date of the stamp stands in for the submission date; what the name says
else is left to the ping itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import BinaryIO

from crash_rate_aggregates.errors import PingsNotFoundError
from crash_rate_aggregates.sources.interface import StoredFile
from crash_rate_aggregates.sources.stores.day_folders import DayPattern
from crash_rate_aggregates.sources.stores.local_files import LocalFiles, files_below, is_folder

_PLACE = ["datareporting", "archived"]
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII)
# 14 digits reach the year 5138; with more a stamp would be no date.
_PING = re.compile(r"([0-9]{1,14})\.[0-9a-fA-F-]{36}\..+\.jsonlz4", re.ASCII)
_EPOCH = date(1970, 1, 1)
_MILLISECONDS_A_DAY = 86_400_000
_SHOWN_DAYS = 3


def is_profile_archive(folder: str) -> bool:
    """Tell whether a folder is a profile's archive: by its path, or by months with such files."""
    if os.path.normpath(folder).split(os.sep)[-2:] == _PLACE:
        return True
    months = (os.path.join(folder, name) for name in _names(folder) if _MONTH.fullmatch(name))
    return any(day_of_archived_ping(name) for month in months for name in _names(month))


def day_of_archived_ping(name: str) -> date | None:
    """Return the UTC date of the stamp in a file's name, None if it is no archived ping's."""
    match = _PING.fullmatch(name)
    if match is None:
        return None
    return _EPOCH + timedelta(days=int(match[1]) // _MILLISECONDS_A_DAY)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # It is no folder, or may not be listed; reading it will say which.
        return []


@dataclass(frozen=True, slots=True)
class ProfileArchive:
    """The archive of one profile as a store."""

    folder: str
    """Holds the folders of months."""

    def list_day(self, submission_date: date) -> Sequence[StoredFile]:
        """List the files with a stamp of that UTC date, by path.

        Raises:
            PingsNotFoundError: The folder does not exist.
            UnreadableFileError: A folder may not be listed, or a ping's name is of no file.
        """
        if not is_folder(self.folder):
            raise PingsNotFoundError(
                f"the folder {self.folder!r} of --pings does not exist: name the folder "
                f"{os.path.join(*_PLACE)!r} of a Firefox profile, which about:support shows"
            )
        return [file for day, file in self._pings() if day == submission_date]

    def describe_day(self, submission_date: date) -> str:
        """Say which days the archive holds."""
        del submission_date  # The caller names it.
        days = sorted({day for day, _ in self._pings()})
        shown = ", ".join(day.isoformat() for day in days[-_SHOWN_DAYS:])
        return "looked for a stamp of that day, UTC, in names like 2026-11/….main.jsonlz4; " + (
            f"the last days there: {shown}" if shown else "no ping is there"
        )

    def read(self, file: StoredFile) -> Iterator[bytes]:
        """Stream a file's bytes; see `LocalFiles.read`."""
        return self._local_files().read(file)

    def open(self, file: StoredFile) -> BinaryIO:
        """Open a file for reading at any place; see `LocalFiles.open`."""
        return self._local_files().open(file)

    def _local_files(self) -> LocalFiles:
        return LocalFiles(DayPattern(self.folder))

    def _pings(self) -> Iterator[tuple[date, StoredFile]]:
        # What else lies there is none of ours, whatever it is.
        for file in files_below([self.folder], lambda name: bool(day_of_archived_ping(name))):
            day = day_of_archived_ping(os.path.basename(file.url))
            if day is not None:
                yield day, file
