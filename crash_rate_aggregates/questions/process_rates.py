"""Crash rates by what crashed: crashes of one source, the hours of all that could crash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import Any

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.days.recorded_runs import check_stored
from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.outcomes import CrashClass, CrashSource
from crash_rate_aggregates.questions.catalog import command_query
from crash_rate_aggregates.questions.hours import USAGE_HOURS, Hours
from crash_rate_aggregates.questions.rate_tables import (
    CRASH_NAMES,
    parameters,
    rate_table,
    version_order,
)
from crash_rate_aggregates.questions.rates import CrashRate
from crash_rate_aggregates.questions.statement import Answer, answered
from crash_rate_aggregates.questions.untold import untold_applications
from crash_rate_aggregates.rows import NAMED_COUNTRIES
from crash_rate_aggregates.submission_dates import check_order

NO_CRASHES = "no crashes in the histogram"
"""The note where the histogram told no crash of an application; of crash pings it is the usual."""
_HISTOGRAM_NAMES = {"process"}
_OF_RATE = [one.name for one in fields(CrashRate)]


@dataclass(frozen=True, slots=True)
class ProcessRate:
    """The crashes of one kind of process or class, in one group of aggregates."""

    group: tuple[str | None, ...]
    """Of what was asked by, in that order. Where a group had no crash, None in what divides
    crashes alone."""
    ping_count: int
    """Usage pings behind the hours."""
    usage_hours: float | None
    """Those of the group without what divides crashes alone; None where they are not known."""
    min_usage_hours: float
    """With fewer hours there is no rate."""
    rate: CrashRate
    """Without kills at shutdown; main crashes that were sent twice are halved."""


def process_rates(
    connection: psycopg.Connection,
    by: Sequence[str],
    min_submission_date: date | None = None,
    max_submission_date: date | None = None,
    *,
    min_usage_hours: float | None = None,
    hours: Hours = USAGE_HOURS,
    source: CrashSource = CrashSource.CRASH_PING,
) -> list[ProcessRate]:
    """Return rates of crashes by what crashed: most hours first, then most crashes.

    Args:
        connection: From `connect`.
        by: One of `CRASH_NAMES` at least, and what can stand beside it.
        min_submission_date: First day, or None for the first stored.
        max_submission_date: Last day, or None for the last stored.
        min_usage_hours: Groups with fewer hours have no rates; None for `crash_min_usage_hours()`.
        hours: By which crashes are divided, as of `crash_rates`.
        source: What tells of the crashes; the two are never added.

    Raises:
        UsageError: The histogram is asked for what it does not say.
        DateRangeError: The last day lies before the first.
        DimensionsError: A name that cannot stand beside the others.
        DayNotStoredError: No day of the range is stored.
        DatabaseError: There are no tables yet.
    """
    check_order(min_submission_date, max_submission_date)
    _check_source(by, source)
    days = (min_submission_date, max_submission_date)
    of_hours = [name for name in by if name not in CRASH_NAMES]
    of_crashes = [name for name in by if name in CRASH_NAMES]
    with reading(connection, "the crash rates could not be computed") as cursor:
        table = rate_table(cursor, by)
        check_stored(cursor, *days)
        query = sql.SQL(command_query("process_rates", hours.seconds)).format(
            groups=table.groups(of_hours),
            crash_groups=sql.SQL(", ").join(sql.SQL(CRASH_NAMES[name]) for name in of_crashes),
            rows=sql.SQL(table.rows),
            day=table.day(by),
            order=version_order(of_hours),
        )
        values = {
            **parameters(of_hours),
            "min_submission_date": min_submission_date,
            "max_submission_date": max_submission_date,
            "min_usage_hours": min_usage_hours,
            "hours": hours.name,
            "untold": untold_applications(cursor, hours.told_by, *days),
            "source": source.value,
            "shutdown_kill": CrashClass.SHUTDOWN_KILL.value,
            "named_countries": NAMED_COUNTRIES,
            "crash_names": len(of_crashes),
        }
        records = answered(cursor, query, values).records()
        return [_process_rate(by, (*of_hours, *of_crashes), source, one) for one in records]


def process_answer(
    by: Sequence[str],
    rates: Iterable[ProcessRate],
    source: CrashSource,
    hours: Hours = USAGE_HOURS,
) -> Answer:
    """Return the rates as an answer for programs.

    Args:
        by: The names that were asked for.
        rates: From `process_rates`.
        source: Of their crashes.
        hours: By which they were asked.
    """
    of_group = ("ping_count", "usage_hours", "min_usage_hours")
    rows: list[tuple[Any, ...]] = [
        (*one.group, source.value, *(getattr(one, name) for name in of_group), *astuple(one.rate))
        for one in rates
    ]
    return Answer((*by, "source", *map(hours.column_of, of_group), *_OF_RATE), rows)


def _check_source(by: Sequence[str], source: CrashSource) -> None:
    if source is not CrashSource.HISTOGRAM:
        return
    for name in by:
        if name in CRASH_NAMES and name not in _HISTOGRAM_NAMES:
            raise UsageError(
                f"the histogram does not say {name!r} of a crash: ask it by process, or leave out "
                "--source"
            )


def _process_rate(
    by: Sequence[str], names: Sequence[str], source: CrashSource, record: Mapping[str, Any]
) -> ProcessRate:
    values = dict(zip(names, (*record["groups"], *record["crash_groups"]), strict=True))
    rate = CrashRate(*(record[name] for name in _OF_RATE))
    if source is CrashSource.HISTOGRAM and rate.note == "no crash pings":
        rate = CrashRate(None, None, None, None, None, None, NO_CRASHES)
    return ProcessRate(
        tuple(values[name] for name in by),
        record["ping_count"],
        record["usage_hours"],
        record["min_usage_hours"],
        rate,
    )
