"""What rates can be asked by: the dimensions of the stored days, and names that one table has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

from crash_rate_aggregates.dimensions import DIMENSIONS, VERSION_PATH
from crash_rate_aggregates.errors import DimensionsError
from crash_rate_aggregates.questions.catalog import command_query
from crash_rate_aggregates.questions.statement import answered

DATE_COLUMNS = ("submission_date", "activity_date")
"""May be grouped by like dimensions; their values are ISO dates."""
VERSION = "version"
"""What people call a release: it may stand beside dimensions."""
EXPERIMENT_NAMES = ("experiment", "branch")
"""The second only with the first: branches of different experiments have the same names, and a
dimension of one's own may be called so."""
CRASH_NAMES: Mapping[str, LiteralString] = {
    "process": "process",
    "actors": "actors",
    "class": "crash_class",
    "startup": "is_startup::text",
}
"""What divides crashes and not hours, and SQL for it."""
_VERSIONS = {VERSION, *(one.name for one in DIMENSIONS if one.path == VERSION_PATH)}
_DATES: Mapping[str, LiteralString] = {
    "submission_date": "submission_date::text",
    "activity_date": "activity_date::text",
}


@dataclass(frozen=True, slots=True)
class RateTable:
    """What is read for rates, and how what people ask by is written there."""

    rows: str
    """SQL for a FROM clause."""
    application: LiteralString
    """SQL for the application."""
    channel: LiteralString
    """SQL for the channel as summaries fold it."""
    names: Mapping[str, LiteralString]
    """SQL for what can be asked by, beside dimensions."""
    has_dimensions: bool = True
    """Whether it has all dimensions of the days, under `dimensions`."""

    def groups(self, by: Sequence[str]) -> sql.Composed:
        """Return SQL for the values of a group; placeholders are those of `parameters`."""
        return sql.SQL(", ").join(self._group(place, name) for place, name in enumerate(by))

    def day(self, by: Sequence[str]) -> sql.Composable:
        """Return SQL for the day whose own variation enters the interval of a group.

        It is the submission date, unless the groups are activity dates, which come in over
        several of them.
        """
        submission_date, activity_date = DATE_COLUMNS
        return sql.Identifier(activity_date if activity_date in by else submission_date)

    def _group(self, place: int, name: str) -> sql.Composable:
        if name in self.names:
            return sql.SQL(self.names[name])
        # A parameter even though it is a name: whoever asks may write anything.
        key = sql.Placeholder(f"name_{place}")
        return sql.SQL("dimensions ->> {}::text").format(key)


_APPLICATION: LiteralString = "dimensions ->> 'application'"
_CHANNEL: LiteralString = "crash_channel(dimensions ->> 'channel')"
_TABLE = RateTable("crash_aggregates", _APPLICATION, _CHANNEL, _DATES)
_RELEASES = RateTable(
    command_query("rows_with_releases"),
    _APPLICATION,
    _CHANNEL,
    {VERSION: "coalesce(named.label, dimensions ->> 'build_version')", **_DATES},
)
_EXPERIMENTS = RateTable(
    "crash_experiments",
    "application",
    "channel",
    {
        "experiment": "experiment",
        "branch": "branch",
        "application": "application",
        "channel": "channel",
        VERSION: "label",
        "submission_date": "submission_date::text",
    },
    has_dimensions=False,
)
_FOLDED: Mapping[str, LiteralString] = {
    "application": "application",
    "channel": "channel",
    "build_version": "build_version",
    "build_id": "build_id",
    VERSION: "label",
    "os_name": "os_name",
    "os_version": "os_version",
    "architecture": "architecture",
    "country": "country",
    **_DATES,
}
CRASHES_AND_HOURS = RateTable(
    _RELEASES.rows, "application", "channel", _FOLDED, has_dimensions=False
)
"""Hours of what can stand beside `CRASH_NAMES`, by columns that crashes have too."""


def parameters(by: Sequence[str]) -> dict[str, str]:
    """Return the values of the placeholders in `RateTable.groups`."""
    return {f"name_{place}": name for place, name in enumerate(by)}


def whole_names(by: Sequence[str]) -> tuple[str, ...]:
    """Return the names, each once, and an experiment with its branch, as experiments overlap."""
    experiment, _ = EXPERIMENT_NAMES
    whole: list[str] = []
    for name in by:
        whole.extend(EXPERIMENT_NAMES if name == experiment else (name,))
    return tuple(dict.fromkeys(whole))


def rate_table(cursor: psycopg.Cursor, by: Sequence[str]) -> RateTable:
    """Return the table that has all that is asked by.

    Args:
        cursor: From `reading`.
        by: From `whole_names`.

    Raises:
        DimensionsError: There is no such name, or no table has all of them.
    """
    recorded = [name for (name,) in answered(cursor, command_query("run_dimensions"), {}).rows]
    table = _TABLE
    if any(name in CRASH_NAMES for name in by):
        table = CRASHES_AND_HOURS
    elif EXPERIMENT_NAMES[0] in by:
        table = _EXPERIMENTS
    elif VERSION in by:
        table = _RELEASES
    _check(by, table, recorded)
    return table


def version_order(by: Sequence[str]) -> sql.Composed:
    """Return what orders groups of equal hours: as texts, 100.0 would stand before 99.0."""
    return sql.SQL("").join(
        sql.SQL("crash_version_order(groups[{}]), ").format(sql.Literal(place))
        for place, name in enumerate(by, 1)
        if name in _VERSIONS
    )


def _check(by: Sequence[str], table: RateTable, recorded: Sequence[str]) -> None:
    ours = (*DATE_COLUMNS, VERSION, *CRASH_NAMES, EXPERIMENT_NAMES[0])
    known = {*recorded, *ours, *table.names}
    for name in by:
        # Without a stored day there is nothing to choose from: check_stored says that.
        if recorded and name not in known:
            raise DimensionsError(
                f"no stored day has a dimension {name!r}: choose from "
                f"{', '.join((*recorded, *ours))}"
            )
    beside = [*_beside(table)]
    wrong = [name for name in by if beside and name not in beside]
    if wrong:
        own = CRASH_NAMES if table is CRASHES_AND_HOURS else EXPERIMENT_NAMES
        alone = next(name for name in by if name in own)
        raise DimensionsError(
            f"there are no rates by {wrong[0]!r} and {alone!r} together: choose from "
            f"{', '.join(beside)}"
        )


def _beside(table: RateTable) -> Iterator[str]:
    """Yield all that can stand together in the table; nothing where all dimensions can."""
    if not table.has_dimensions:
        yield from table.names
        yield from CRASH_NAMES if table is CRASHES_AND_HOURS else ()
