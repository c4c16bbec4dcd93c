"""Tidy up after a day was replaced: the old rows' room is used again, statistics are fresh."""

from __future__ import annotations

from datetime import date

import psycopg
from psycopg import sql
from psycopg.errors import Diagnostic

from crash_rate_aggregates.database.days.runs import RUN_TABLES
from crash_rate_aggregates.database.schema.partitions import UNDIVIDED_TABLES, partition_name

_OTHER_TABLES = (*UNDIVIDED_TABLES, *RUN_TABLES)
_ROWS_TOGETHER = 50_000
"""Of small days that are tidied up together: VACUUM costs each of them a tenth of a second, though
they leave little behind."""


class Untidied:
    """Days that were stored and not vacuumed yet."""

    def __init__(self) -> None:
        self._days: dict[str, date] = {}
        self._rows = 0

    def add(self, submission_date: date, rows: int) -> None:
        """Add a day that was stored with so many rows in `crash_aggregates`."""
        # One day stands for its month: they share a partition.
        self._days[partition_name(submission_date)] = submission_date
        self._rows += rows

    def take(self, *, at_once: bool) -> tuple[date, ...]:
        """Return a day of each month that is to be vacuumed now, and forget them.

        Args:
            at_once: However few rows there are.
        """
        if not at_once and self._rows < _ROWS_TOGETHER:
            return ()
        days = tuple(self._days.values())
        self._days, self._rows = {}, 0
        return days


def vacuum_day(connection: psycopg.Connection, submission_date: date) -> str | None:
    """VACUUM (ANALYZE) the day's partition and the other tables; the day is stored already.

    Args:
        connection: From `connect`, outside any transaction.
        submission_date: The day that was replaced.

    Returns:
        What was in the way of one table or more, like a lock or a missing right; None if nothing.
    """
    tables = sql.SQL(", ").join(
        sql.Identifier(name) for name in (partition_name(submission_date), *_OTHER_TABLES)
    )
    skipped: list[str] = []

    def note(diagnostic: Diagnostic) -> None:
        # A table that is locked or belongs to another role is skipped with a warning.
        if diagnostic.severity_nonlocalized == "WARNING":
            skipped.append(diagnostic.message_primary or "a table was skipped")

    connection.add_notice_handler(note)
    try:
        connection.execute(sql.SQL("VACUUM (ANALYZE, SKIP_LOCKED) {tables}").format(tables=tables))
    except psycopg.Error as error:
        skipped.append(str(error.diag.message_primary or error))
    finally:
        connection.remove_notice_handler(note)
    others = f", and {len(skipped) - 1} more" if len(skipped) > 1 else ""
    return f"{skipped[0]}{others}" if skipped else None
