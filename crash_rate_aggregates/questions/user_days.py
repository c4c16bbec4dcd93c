"""People whose application crashed: user-days without a crash, and whether few machines crash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.days.recorded_runs import check_stored
from crash_rate_aggregates.errors import DimensionsError
from crash_rate_aggregates.ledger import CLIENT_ID
from crash_rate_aggregates.questions.catalog import command_query
from crash_rate_aggregates.questions.rate_tables import VERSION, version_order
from crash_rate_aggregates.questions.statement import Answer, answered
from crash_rate_aggregates.questions.untold import untold_applications
from crash_rate_aggregates.rows import CLIENT_LEVELS, CRASH_BUCKETS, PEOPLE_KINDS
from crash_rate_aggregates.submission_dates import check_order

_COLUMNS: Final[Mapping[str, LiteralString]] = {
    "application": "application",
    "channel": "channel",
    VERSION: "label",
    "os_name": "os_name",
    "os_version": "os_version",
    "country": "country",
    "submission_date": "submission_date::text",
}
"""What people can be asked by, and SQL for it."""
_EVERYWHERE: Final = {"application", "channel", "submission_date"}
_OF_CRASHED: Final[tuple[LiteralString, ...]] = (
    *(f"clients_{bucket}" for bucket in CRASH_BUCKETS),
    *(f"crashes_{bucket}" for bucket in CRASH_BUCKETS),
    "top_clients",
    "top_crashes",
)
_SUMMED: Final[tuple[LiteralString, ...]] = (
    "active_clients",
    "crashed_clients",
    "crashes",
    *_OF_CRASHED,
)


@dataclass(frozen=True, slots=True)
class People:
    """The people of one group and kind of crash, over the days that are asked for."""

    group: tuple[str | None, ...]
    """Of what was asked by, in that order. `other` is what had too few people to be shown."""
    kind: str
    """One of `PEOPLE_KINDS`."""
    values: Mapping[str, Any]
    """By the columns of queries/people.sql: None where the note says why."""


def people(
    connection: psycopg.Connection,
    by: Sequence[str] = ("channel",),
    min_submission_date: date | None = None,
    max_submission_date: date | None = None,
) -> list[People]:
    """Return the people of each group, most active ones first, by kind of crash.

    Args:
        connection: From `connect`.
        by: Names; the clients of a day are counted at one level, so not all can stand together.
        min_submission_date: First day, or None for the first stored.
        max_submission_date: Last day, or None for the last stored.

    Raises:
        DateRangeError: The last day lies before the first.
        DimensionsError: People are not counted by that.
        DayNotStoredError: No day of the range is stored.
        DatabaseError: There are no tables yet.
    """
    check_order(min_submission_date, max_submission_date)
    level = _level(by)
    days = (min_submission_date, max_submission_date)
    query = sql.SQL(command_query("people")).format(
        groups=sql.SQL(", ").join(sql.SQL(_COLUMNS[name]) for name in by),
        client_sums=_each("sum({name})::bigint AS {name}", _SUMMED),
        told_clients=_each("CASE WHEN is_told THEN {name} END AS {name}", _OF_CRASHED),
        order=version_order(by),
    )
    with reading(connection, "the people could not be counted") as cursor:
        check_stored(cursor, *days)
        values = {
            "level": level,
            "kinds": [*PEOPLE_KINDS],
            "min_submission_date": min_submission_date,
            "max_submission_date": max_submission_date,
            "untold": untold_applications(cursor, CLIENT_ID, *days, in_crash_pings=True),
        }
        records = answered(cursor, query, values).records()
        return [People(tuple(one.pop("groups")), one.pop("kind"), one) for one in records]


def people_answer(by: Sequence[str], found: Sequence[People]) -> Answer:
    """Return the people as an answer for programs.

    Args:
        by: The names that were asked for.
        found: From `people`.
    """
    columns = tuple(found[0].values) if found else ()
    rows: list[tuple[Any, ...]] = [(*one.group, one.kind, *one.values.values()) for one in found]
    return Answer((*by, "kind", *columns), rows)


def _level(by: Sequence[str]) -> str:
    for level in CLIENT_LEVELS:
        columns = {VERSION if name == "label" else name for name in level.columns}
        if set(by) <= _EVERYWHERE | columns:
            return level.name
    raise DimensionsError(
        f"people are not counted by {', '.join(by)}: choose from {', '.join(_COLUMNS)}; of "
        "version, os_name and os_version, and country, only one at a time"
    )


def _each(form: LiteralString, names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(form).format(name=sql.Identifier(name)) for name in names)
