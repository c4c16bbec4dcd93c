"""Crash rates by the dimensions that people name: crashes per 1,000 usage hours, from sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.days.recorded_runs import check_stored
from crash_rate_aggregates.dimensions import DIMENSIONS, VERSION_PATH
from crash_rate_aggregates.errors import DimensionsError
from crash_rate_aggregates.questions.catalog import command_query
from crash_rate_aggregates.questions.statement import Answer, answered
from crash_rate_aggregates.stats import CRASH_PING_STATS
from crash_rate_aggregates.submission_dates import check_order

DATE_COLUMNS = ("submission_date", "activity_date")
"""May be grouped by like dimensions; their values are ISO dates."""
_VERSIONS = {dimension.name for dimension in DIMENSIONS if dimension.path == VERSION_PATH}
_OF_GROUP = itemgetter("groups", "ping_count", "usage_hours", "min_usage_hours")


@dataclass(frozen=True, slots=True)
class CrashRate:
    """One kind of crash for one group of aggregates."""

    crashes: int | None
    """Sum; None where it is not known."""
    per_1000_hours: float | None
    """1000 * crashes / usage hours; None without usage hours, or with too few."""
    lower: float | None
    """Lower limit of the 95% interval, which docs/database.md explains; None without a rate."""
    upper: float | None
    """Upper limit of it."""
    dispersion: float | None
    """How much more the days vary than chance explains, at least 1; None with fewer than 7 days."""
    note: str | None = None
    """Why there is no rate, as `crash_rate_note` says it; None where there is one."""


@dataclass(frozen=True, slots=True)
class CrashRates:
    """All kinds of crashes for one group of aggregates."""

    group: tuple[str | None, ...]
    """The values of the dimensions asked for, in that order; None where pings do not have it."""
    ping_count: int
    """Main pings."""
    usage_hours: float
    """The hours behind the rates."""
    min_usage_hours: float
    """With fewer hours the group has no rates."""
    kinds: Mapping[str, CrashRate]
    """By the names of `CRASH_KINDS`, in their order."""

    @property
    def has_rates(self) -> bool:
        """Whether there are hours enough for any."""
        return any(rate.per_1000_hours is not None for rate in self.kinds.values())


def crash_rates(
    connection: psycopg.Connection,
    by: Sequence[str] = ("channel",),
    min_submission_date: date | None = None,
    max_submission_date: date | None = None,
    *,
    min_usage_hours: float | None = None,
) -> list[CrashRates]:
    """Return crash rates for each combination of values, most usage hours first.

    Args:
        connection: From `connect`.
        by: Names of dimensions, `submission_date` or `activity_date`; none is one row for all.
        min_submission_date: First day, or None for the first stored.
        max_submission_date: Last day, or None for the last stored.
        min_usage_hours: Groups with fewer hours have no rates; None for `crash_min_usage_hours()`.

    Raises:
        DateRangeError: The last day lies before the first.
        DimensionsError: A name that no stored day has, with those there are.
        DayNotStoredError: No day of the range is stored.
        DatabaseError: There are no tables yet.
    """
    check_order(min_submission_date, max_submission_date)
    names = {f"name_{place}": name for place, name in enumerate(by)}
    groups = sql.SQL(", ").join(_group(key, name) for key, name in names.items())
    values = {
        **names,
        "min_submission_date": min_submission_date,
        "max_submission_date": max_submission_date,
        "min_usage_hours": min_usage_hours,
    }
    with reading(connection, "the crash rates could not be computed") as cursor:
        _check_names(cursor, by)
        check_stored(cursor, min_submission_date, max_submission_date)
        query = sql.SQL(command_query("rates")).format(
            groups=groups,
            crash_pings=sql.SQL(" + ").join(map(sql.Identifier, CRASH_PING_STATS)),
            order=sql.SQL("").join(_version_order(by)),
        )
        return list(_joined(answered(cursor, query, values).records()))


def rates_answer(by: Sequence[str], groups: Sequence[CrashRates]) -> Answer:
    """Return groups as an answer for programs, with a row for each group and kind of crash.

    Args:
        by: The names that were asked for.
        groups: From `crash_rates`.
    """
    of_group = ("ping_count", "usage_hours", "min_usage_hours")
    of_kind = (one.name for one in fields(CrashRate))
    rows: list[tuple[Any, ...]] = [
        (*one.group, *(getattr(one, name) for name in of_group), kind, *astuple(rate))
        for one in groups
        for kind, rate in one.kinds.items()
    ]
    return Answer((*by, *of_group, "kind", *of_kind), rows)


def _check_names(cursor: psycopg.Cursor, by: Sequence[str]) -> None:
    recorded = [name for (name,) in answered(cursor, command_query("run_dimensions"), {}).rows]
    for name in by:
        # Without a stored day there is nothing to choose from: check_stored says that.
        if recorded and name not in recorded and name not in DATE_COLUMNS:
            raise DimensionsError(
                f"no stored day has a dimension {name!r}: choose from "
                f"{', '.join((*recorded, *DATE_COLUMNS))}"
            )


def _group(key: str, name: str) -> sql.Composed:
    if name in DATE_COLUMNS:
        return sql.SQL("{}::text").format(sql.Identifier(name))
    # A parameter even though it is a name: whoever asks may write anything.
    return sql.SQL("dimensions ->> {}::text").format(sql.Placeholder(key))


def _version_order(by: Sequence[str]) -> Iterator[sql.Composed]:
    """Yield what orders groups of equal hours: as texts, 100.0 would stand before 99.0."""
    for place, name in enumerate(by, 1):
        if name in _VERSIONS:
            yield sql.SQL("crash_version_order(groups[{}]), ").format(sql.Literal(place))


def _joined(records: Iterator[dict[str, Any]]) -> Iterator[CrashRates]:
    """Join the rows of each group, which differ in the kind of crash only."""
    of_kind = [one.name for one in fields(CrashRate)]
    # The query orders by them, so that equal ones stand together.
    for (group, pings, hours, min_hours), kinds in groupby(records, key=_OF_GROUP):
        rates = {one["kind"]: CrashRate(*(one[name] for name in of_kind)) for one in kinds}
        yield CrashRates(tuple(group), pings, hours, min_hours, rates)
