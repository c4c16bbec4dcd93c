"""Who knows of an alarm and why: added by people, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import dict_row

from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside

_statement = statements_beside(__name__)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What somebody said about an alarm."""

    by: str
    """Who."""
    note: str
    """Why, like the number of a bug."""
    at: datetime
    """When, aware."""
    ratio: float | None
    """How bad it was then; None where nobody knew."""


def acknowledge(
    connection: psycopg.Connection, alarm_id: str, by: str, note: str, ratio: float | None
) -> None:
    """Add an acknowledgement; the newest of an alarm holds.

    Args:
        connection: From `connect`, as the role that fills days.
        alarm_id: Of an alarm that is lit, which the caller has looked up.
        by: Who acknowledges it.
        note: Why.
        ratio: How bad it is; half as much again has worsened. None where nobody knows.

    Raises:
        DatabaseError: PostgreSQL refuses, as it does the reader.
    """
    values = {"alarm_id": alarm_id, "by": by, "note": note, "ratio": ratio}
    with rejections(f"{alarm_id} was not acknowledged"), connection.transaction():
        connection.execute(_statement("insert_acknowledgement"), values)


def acknowledgements(connection: psycopg.Connection) -> dict[str, Acknowledgement]:
    """Return the newest acknowledgement of each alarm, by its id.

    Args:
        connection: Inside a transaction, so that it fits what else is read there.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_statement("acknowledgements"))
        return {row.pop("alarm_id"): Acknowledgement(**row) for row in cursor}
