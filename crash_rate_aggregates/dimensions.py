"""The dimensions: what crash counts and usage hours are grouped by.

One line in `DIMENSIONS` adds one. Everything else (judging, the table, docs, menus) derives from
it. Names and paths are those of 2016.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, TypeAlias

from crash_rate_aggregates.errors import DimensionsError
from crash_rate_aggregates.settable import Settable

MAX_LENGTH = 200
"""Code points that are kept of a dimension value; longer ones are shortened and counted."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing to group by."""

    name: str
    """Key in the column `dimensions` of the table."""
    path: tuple[str, ...]
    """Keys from the ping's root to the value."""
    description: str = ""
    """What the value says, for docs and menus."""


Path: TypeAlias = tuple[str, ...]
"""Keys from a ping's root."""
VERSION_PATH: Path = ("environment", "build", "version")
BUILD_ID_PATH: Path = ("environment", "build", "buildId")
CHANNEL_PATH: Path = ("application", "channel")
APPLICATION_PATH: Path = ("application", "name")
"""Paths whose values the rules put right, whatever dimension has them."""

DIMENSIONS = (
    Dimension("build_version", VERSION_PATH, "Version, like `46.0a1`."),
    Dimension("build_id", BUILD_ID_PATH, "Built when, `YYYYMMDDhhmmss`."),
    Dimension("channel", CHANNEL_PATH, "Release channel, like `nightly`."),
    Dimension("application", APPLICATION_PATH, "Application, like `Firefox`."),
    Dimension("os_name", ("environment", "system", "os", "name"), "System, like `Windows_NT`."),
    Dimension("os_version", ("environment", "system", "os", "version"), "Its version."),
    Dimension("architecture", ("environment", "build", "architecture"), "Like `x86-64`."),
    Dimension("country", ("meta", "geoCountry"), "Two letters; `??` is not known."),
    Dimension(
        "experiment_id", ("environment", "addons", "activeExperiment", "id"), "Experiment, if any."
    ),
    Dimension(
        "experiment_branch",
        ("environment", "addons", "activeExperiment", "branch"),
        "The experiment's branch.",
    ),
    Dimension(
        "e10s_enabled", ("environment", "settings", "e10sEnabled"), "Multi-process: true or false."
    ),
    Dimension(
        "e10s_cohort", ("environment", "settings", "e10sCohort"), "Group in the e10s roll-out."
    ),
)

# Lists, as those who import fill_database append to them.
COMPARABLE_DIMENSIONS = [dimension.path for dimension in DIMENSIONS]
"""The paths, as 2016 named them: a view of `DIMENSIONS`."""
DIMENSION_NAMES = [dimension.name for dimension in DIMENSIONS]
"""The names, as 2016 named them: a view of `DIMENSIONS`."""


def dimensions_from_lists(
    paths: Sequence[Sequence[str]], names: Sequence[str]
) -> tuple[Dimension, ...]:
    """Join the two lists of 2016 into dimensions, known ones with their descriptions.

    Raises:
        DimensionsError: The lists differ in length, or the result is not sound.
    """
    if len(paths) != len(names):
        raise DimensionsError(
            f"COMPARABLE_DIMENSIONS has {len(paths)} entries and DIMENSION_NAMES has {len(names)}: "
            "append matching entries to both"
        )
    known = {(dimension.name, dimension.path): dimension for dimension in DIMENSIONS}
    joined = tuple(
        known.get((name, tuple(path)), Dimension(name, tuple(path)))
        for path, name in zip(paths, names, strict=True)
    )
    return checked_dimensions(joined)


def checked_dimensions(dimensions: Sequence[Dimension]) -> tuple[Dimension, ...]:
    """Return the dimensions if names are unique and not empty and paths are not empty.

    Raises:
        DimensionsError: With the name that is used twice or empty.
    """
    seen: set[str] = set()
    for dimension in dimensions:
        if not dimension.name or not dimension.path or not all(dimension.path):
            raise DimensionsError(
                f"dimension {dimension.name!r} with path {'/'.join(dimension.path)!r} "
                "needs a name and a path"
            )
        if dimension.name in seen:
            raise DimensionsError(f"dimension {dimension.name!r} is named twice: rename one")
        seen.add(dimension.name)
    return tuple(dimensions)


@dataclass(frozen=True, slots=True)
class DimensionChoice:
    """What crash counts and usage hours are grouped by, beside what the code says."""

    names: Annotated[
        tuple[str, ...] | None,
        Settable(
            key="dimensions",
            flag="--dimension",
            says="Names of the dimensions to use.",
            unset="all",
        ),
    ] = None
    extra: Annotated[
        Mapping[str, str],
        Settable(
            key="extra_dimensions",
            flag="--extra-dimension",
            says="Further dimensions: the name, and the path like `environment/build/id`.",
        ),
    ] = field(default_factory=dict)

    def among(self, base: Sequence[Dimension]) -> tuple[Dimension, ...]:
        """Return the dimensions of a run: all of `base` and the extra ones, or the chosen ones.

        Raises:
            DimensionsError: A chosen name is unknown, or names clash.
        """
        extra = [
            Dimension(name, tuple(path.strip("/").split("/")), "Added in the settings.")
            for name, path in self.extra.items()
        ]
        # All of them: two of one name are told even where only one is chosen.
        known = checked_dimensions([*base, *extra])
        if self.names is None:
            return known
        by_name = {dimension.name: dimension for dimension in known}
        for name in self.names:
            if name not in by_name:
                raise DimensionsError(
                    f"there is no dimension {name!r}: choose from {', '.join(by_name)}, or add it "
                    "under extra_dimensions"
                )
        return tuple(by_name[name] for name in dict.fromkeys(self.names))
