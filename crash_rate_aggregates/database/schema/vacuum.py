"""Tidy up after a day was replaced: the old rows' room is used again, statistics are fresh."""

from __future__ import annotations

from datetime import date

import psycopg
from psycopg import sql
from psycopg.errors import Diagnostic

from crash_rate_aggregates.database.days.runs import RUN_TABLES
from crash_rate_aggregates.database.schema.partitions import UNDIVIDED_TABLES, partition_name

_OTHER_TABLES = (*UNDIVIDED_TABLES, *RUN_TABLES)


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
