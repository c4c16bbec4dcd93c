"""Crash rates by whatever people ask: crashes per 1,000 usage hours, always from sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.days.recorded_runs import check_stored
from crash_rate_aggregates.errors import DimensionsError
from crash_rate_aggregates.normalize.dates import check_order
from crash_rate_aggregates.questions.catalog import query_text
from crash_rate_aggregates.questions.statement import Answer, answered

DATE_COLUMNS = ("submission_date", "activity_date")
"""May be grouped by like dimensions; their values are ISO dates."""


@dataclass(frozen=True, slots=True)
class CrashRate:
    """One kind of crash for one group of aggregates."""

    crashes: int
    """Sum; a difference of sums may be negative."""
    per_1000_hours: float | None
    """1000 * crashes / usage hours; None without usage hours, or with too few."""
    lower: float | None
    """Lower limit of the 95% interval, which docs/database.md explains; None without a rate."""
    upper: float | None
    """Upper limit of it."""
    dispersion: float | None
    """How much more the days vary than chance explains, at least 1; None with fewer than 7 days."""


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
    """By the names of `CRASH_KINDS`, in that order."""

    @property
    def has_rates(self) -> bool:
        """Whether there are usage hours, and enough of them."""
        return self.usage_hours > 0 and self.usage_hours >= self.min_usage_hours


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
        return list(_groups(answered(cursor, _query(groups), values)))


def rates_answer(by: Sequence[str], groups: Sequence[CrashRates]) -> Answer:
    """Return the groups as rows for programs: one for each group and kind of crash.

    Args:
        by: The names that were asked for.
        groups: From `crash_rates`.
    """
    columns = (*by, "ping_count", "usage_hours", "min_usage_hours", "kind", *CrashRate.__slots__)
    ...
