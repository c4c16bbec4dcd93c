"""Learn from each stored day what people call builds, and when each release was first used."""

from __future__ import annotations

from datetime import date

import psycopg
from psycopg.rows import dict_row

from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.day_tables import KnownLabel

_statement = statements_beside(__name__)


def learn_releases(connection: psycopg.Connection, submission_date: date) -> None:
    """Learn from the day's rows and summaries as they are now; needs the day's transaction.

    What is learned depends on the days that are stored, and not on the order in which they were.

    Args:
        connection: In a transaction that holds the day's lock.
        submission_date: The day that was replaced.
    """
    # Days that are stored side by side name the same releases: one after the other, or each would
    # wait for rows of the other. Readers are not kept out.
    connection.execute("LOCK TABLE crash_releases IN SHARE ROW EXCLUSIVE MODE")
    for name in ("learn_builds", "learn_releases"):
        connection.execute(_statement(name), {"submission_date": submission_date})


def known_labels(connection: psycopg.Connection) -> tuple[KnownLabel, ...]:
    """Return what people call builds, as far as it is known.

    Raises:
        DatabaseError: The server refuses.
    """
    with (
        rejections("the names of releases could not be read"),
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        cursor.execute(_statement("known_labels"))
        return tuple(KnownLabel(**row) for row in cursor)
