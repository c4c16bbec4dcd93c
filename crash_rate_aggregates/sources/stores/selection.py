"""Which paths below a day's folder are read: no hidden ones; what --doc-type and so on choose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.settable import Settable

Children: TypeAlias = tuple[Iterable[str], Iterable[str]]
"""The names of the folders, and of the files, directly in a folder."""

_PATTERN_OF_2016 = re.compile(r"%Y%m%d/[^/%]+/[0-9]+/*$")
_FOLDERS_OF_2016 = ("doc type", "application", "channel", "version", "build id")
_PAGE = "sources.md"
# As the pipeline of 2016 wrote values into paths; docs/sources.md.
_REPLACED = re.compile(r"[^a-zA-Z0-9_/.]")


def holds_pings(name: str) -> bool:
    """Tell whether a file or folder is read: `_SUCCESS` and `.part-0.crc` are no pings."""
    return not name.startswith((".", "_"))


@dataclass(frozen=True, slots=True)
class PathSelection:
    """What is read of each day, where it lies in the bucket layout of 2016.

    `telemetry-2/<date>/telemetry/4/<doc type>/<application>/<channel>/<version>/<build id>/…`
    """

    # Empty is all. A flag is typed once for each name, so it is in the singular.
    doc_types: Annotated[
        tuple[str, ...],
        Settable(
            says="Doc types to read, by paths of 2016.", flag="--doc-type", unset="all", page=_PAGE
        ),
    ] = ()
    applications: Annotated[
        tuple[str, ...],
        Settable(
            says="Applications to read, by paths of 2016.",
            flag="--application",
            unset="all",
            page=_PAGE,
        ),
    ] = ()
    channels: Annotated[
        tuple[str, ...],
        Settable(
            says="Channels to read, by paths of 2016.", flag="--channel", unset="all", page=_PAGE
        ),
    ] = ()

    def __bool__(self) -> bool:
        return any(self._wanted())

    def __str__(self) -> str:
        """Name what is chosen, as in `doc type main, crash; channel nightly`."""
        chosen = zip(_FOLDERS_OF_2016, self._wanted(), strict=False)
        return "; ".join(f"{what} {', '.join(values)}" for what, values in chosen if values)

    def _wanted(self) -> tuple[tuple[str, ...], ...]:
        """Return what is wanted at each depth, in the order of the layout's folders."""
        return self.doc_types, self.applications, self.channels

    def check_pattern(self, pings: str) -> None:
        """Refuse to choose where the pattern is not that of the layout.

        Raises:
            BadSettingError: Names the pattern.
        """
        if self and not _PATTERN_OF_2016.search(pings):
            raise BadSettingError(
                f"{self} can be chosen by paths of the layout of 2016 only, and --pings "
                f"{pings!r} does not end in its %Y%m%d/telemetry/4: correct it, or leave out "
                "--doc-type, --application and --channel"
            )

    def folders(self, children: Callable[[str], Children]) -> list[str]:
        """Find the folders to read, without a look into those that are not chosen.

        Args:
            children: Lists a folder, by its path from the day's folder on.

        Returns:
            Paths from the day's folder on; the folder itself, "", if nothing is chosen.

        Raises:
            BadSettingError: A file lies where the layout has folders.
        """
        found = [""]
        wanted = list(self._wanted())
        # Below the last choice all is read, so its folders need not be listed one by one.
        while wanted and not wanted[-1]:
            wanted.pop()
        for values in wanted:
            names = {_path_value(value) for value in values}
            found = [
                f"{parent}/{name}".lstrip("/")
                for parent in found
                for name in self._folders_in(parent, children)
                if not names or _path_value(name) in names
            ]
        return found

    def _folders_in(self, parent: str, children: Callable[[str], Children]) -> list[str]:
        folders, files = children(parent)
        for name in filter(holds_pings, files):
            self.check_file(f"{parent}/{name}".lstrip("/"))
        return sorted(filter(holds_pings, folders))

    def check_file(self, path: str) -> None:
        """Refuse to choose among files that do not lie as deep as the layout's.

        Raises:
            BadSettingError: Names the path, which counts from the day's folder on.
        """
        if self and path.count("/") < len(_FOLDERS_OF_2016):
            raise BadSettingError(
                f"{path!r} in the day's folder is not of the layout of 2016, which has a folder "
                f"each for {', '.join(_FOLDERS_OF_2016)}: leave out --doc-type, --application and "
                "--channel"
            )


EVERYTHING = PathSelection()
"""The whole day."""


def _path_value(value: str) -> str:
    """Write a value as the bucket's paths do: saved-session as saved_session."""
    return _REPLACED.sub("_", value)
