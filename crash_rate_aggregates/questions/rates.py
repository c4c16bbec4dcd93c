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
from crash_rate_aggregates.questions.catalog import command_query
from crash_rate_aggregates.questions.hours import USAGE_HOURS, Hours
from crash_rate_aggregates.questions.rate_tables import (
    parameters,
    rate_table,
    version_order,
)
from crash_rate_aggregates.questions.statement import Answer, answered
from crash_rate_aggregates.questions.untold import untold_applications
from crash_rate_aggregates.stats import CRASH_PING_STATS
from crash_rate_aggregates.submission_dates import check_order

DATE_NOTES = frozenset(
    ("its submission date is not stored", "its submission date is not asked for")
)
"""The notes of activity dates of which only late pings are among the days."""
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
    burst_factor: float | None
    """Variance of the count over its mean, as clients crash in bursts; None where the crashes are
    not known."""
    log_sd: float | None
    """Standard deviation that the days give to the natural logarithm of the rate; None likewise.
    With the crashes, the hours and the burst factor it makes the interval."""
    note: str | None = None
    """Why there is no rate, as `crash_rate_note` says it; None where there is one."""


@dataclass(frozen=True, slots=True)
class CrashRates:
    """All kinds of crashes for one group of aggregates."""

    group: tuple[str | None, ...]
    """The values of the dimensions asked for, in that order; None where pings do not have it."""
    ping_count: int
    """Main pings."""
    usage_hours: float | None
    """The hours behind the rates, whichever they are by; None where they are not known."""
    min_usage_hours: float
    """With fewer hours the group has no rates."""
    kinds: Mapping[str, CrashRate]
    """By the names of `CRASH_KINDS`, in their order."""

    @property
    def has_rates(self) -> bool:
        """Whether there are hours enough for any."""
        return any(rate.per_1000_hours is not None for rate in self.kinds.values())

    @property
    def date_note(self) -> str | None:
        """The note of an activity date that has late pings alone, one of `DATE_NOTES`; or None."""
        notes = (rate.note for rate in self.kinds.values())
        return next((note for note in notes if note in DATE_NOTES), None)


def crash_rates(
    connection: psycopg.Connection,
    by: Sequence[str] = ("channel",),
    min_submission_date: date | None = None,
    max_submission_date: date | None = None,
    *,
    min_usage_hours: float | None = None,
    hours: Hours = USAGE_HOURS,
) -> list[CrashRates]:
    """Return crash rates for each combination of values, most usage hours first.

    Args:
        connection: From `connect`.
        by: From `whole_names`, and none of `CRASH_NAMES`; none at all is one row for all.
        min_submission_date: First day, or None for the first stored.
        max_submission_date: Last day, or None for the last stored.
        min_usage_hours: Groups with fewer hours have no rates; None for `crash_min_usage_hours()`.
        hours: By which crashes are divided. Applications that do not tell them are left out where
            a group has others.

    Raises:
        DateRangeError: The last day lies before the first.
        DimensionsError: A name that no stored day has, with those there are.
        DayNotStoredError: No day of the range is stored.
        DatabaseError: There are no tables yet.
    """
    check_order(min_submission_date, max_submission_date)
    days = (min_submission_date, max_submission_date)
    with reading(connection, "the crash rates could not be computed") as cursor:
        table = rate_table(cursor, by)
        check_stored(cursor, *days)
        query = sql.SQL(command_query("rates", hours.seconds)).format(
            groups=table.groups(by),
            application=sql.SQL(table.application),
            channel=sql.SQL(table.channel),
            day=table.day(by),
            rows=sql.SQL(table.rows),
            crash_pings=sql.SQL(" + ").join(map(sql.Identifier, CRASH_PING_STATS)),
            order=version_order(by),
        )
        values = {
            **parameters(by),
            "min_submission_date": min_submission_date,
            "max_submission_date": max_submission_date,
            "min_usage_hours": min_usage_hours,
            "hours": hours.name,
            "untold": untold_applications(cursor, hours.told_by, *days),
        }
        return list(_joined(answered(cursor, query, values).records()))


def rates_answer(
    by: Sequence[str], groups: Sequence[CrashRates], hours: Hours = USAGE_HOURS
) -> Answer:
    """Return groups as an answer for programs, with a row for each group and kind of crash.

    Args:
        by: The names that were asked for.
        groups: From `crash_rates`.
        hours: By which they were asked.
    """
    of_group = ("ping_count", "usage_hours", "min_usage_hours")
    of_kind = (one.name for one in fields(CrashRate))
    rows: list[tuple[Any, ...]] = [
        (*one.group, *(getattr(one, name) for name in of_group), kind, *astuple(rate))
        for one in groups
        for kind, rate in one.kinds.items()
    ]
    return Answer((*by, *map(hours.column_of, of_group), "kind", *of_kind), rows)


def _joined(records: Iterator[dict[str, Any]]) -> Iterator[CrashRates]:
    """Join the rows of each group, which differ in the kind of crash only."""
    of_kind = [one.name for one in fields(CrashRate)]
    # The query orders by them, so that equal ones stand together.
    for (group, pings, hours, min_hours), kinds in groupby(records, key=_OF_GROUP):
        rates = {one["kind"]: CrashRate(*(one[name] for name in of_kind)) for one in kinds}
        yield CrashRates(tuple(group), pings, hours, min_hours, rates)
