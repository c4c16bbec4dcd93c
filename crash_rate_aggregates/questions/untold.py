"""The applications whose pings do not tell what is asked for: of these, 0 says nothing."""

from __future__ import annotations

from datetime import date

import psycopg

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
