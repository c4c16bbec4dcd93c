"""The applications whose pings do not tell what is asked for: of these, 0 says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import psycopg

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.questions.catalog import command_query
from crash_rate_aggregates.questions.statement import answered


def untold_applications(
    cursor: psycopg.Cursor,
    told_by: str | None,
    first: date | None,
    last: date | None,
    *,
    in_crash_pings: bool = False,
) -> list[str]:
    """Return the applications of which no counted usage ping carried it, sorted.

    Args:
        cursor: From `reading`.
        told_by: One of `CARRIED_FIELDS`; None for what every ping tells.
        first: First submission date; None is no bound.
        last: Last one, included; None is no bound.
        in_crash_pings: Also those of which no crash ping carried it.
    """
    if told_by is None:
        return []
    values = {
        "told_by": told_by,
        "min_submission_date": first,
        "max_submission_date": last,
        "in_crash_pings": in_crash_pings,
    }
    rows = answered(cursor, command_query("untold_applications"), values).rows
    return [name for (name,) in rows]


def left_out(
    connection: psycopg.Connection,
    told_by: str | None,
    by: Sequence[str],
    first: date | None,
    last: date | None,
) -> list[str]:
    """Return the applications that are left out of groups that have others, sorted.

    Args:
        connection: From `connect`.
        told_by: As of `untold_applications`.
        by: What groups are made of: by application, each is a group of its own.
        first: First submission date; None is no bound.
        last: Last one, included; None is no bound.

    Raises:
        DatabaseError: There are no tables yet.
    """
    if told_by is None or "application" in by:
        return []
    with reading(connection, "the crash rates could not be computed") as cursor:
        return untold_applications(cursor, told_by, first, last)
