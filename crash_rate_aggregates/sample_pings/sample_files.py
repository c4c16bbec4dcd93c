"""What every world of sample pings gives: the files of a day, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, Protocol


class SampleFile(NamedTuple):
    """One file of a day, before it is compressed."""

    name: str
    """Its path in the day's folder, with slashes, without `.gz`."""
    text: bytes
    """Lines, each with its newline."""


class World(Protocol):
    """Who sends pings, and of what form. Workers get it by pickle."""

    @property
    def described(self) -> str:
        """Say what its shares and rates were taken from."""

    def files_of_day(self, day: date) -> Iterator[SampleFile]:
        """Give the files of a submission date; the same for the same world and day.

        No day depends on another. One file is held at a time.
        """
