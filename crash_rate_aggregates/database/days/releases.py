"""Learn from each stored day what people call builds, and when each release was first used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import psycopg
from psycopg.rows import dict_row

from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.normalize.release_list import Release, label_of_build
from crash_rate_aggregates.rows import KnownLabel

_statement = statements_beside(__name__)


def learn_releases(
    connection: psycopg.Connection, submission_date: date, releases: Sequence[Release] = ()
) -> None:
    """Learn from the day's rows and summaries as they are now; needs the day's transaction.

    What is learned depends on the days that are stored, and not on the order in which they were.

    Args:
        connection: In a transaction that holds the day's lock.
        submission_date: The day that was replaced.
        releases: Of lists, for builds that no ping of any day names.
    """
    # Days that are stored side by side name the same releases: one after the other, or each would
    # wait for rows of the other. Readers are not kept out.
    connection.execute("LOCK TABLE crash_releases IN SHARE ROW EXCLUSIVE MODE")
    day = {"submission_date": submission_date}
    connection.execute(_statement("learn_builds"), day)
    if releases:
        _name_builds(connection, submission_date, releases)
    connection.execute(_statement("learn_releases"), day)


def _name_builds(
    connection: psycopg.Connection, submission_date: date, releases: Sequence[Release]
) -> None:
    unnamed = connection.execute(
        _statement("unnamed_builds"), {"submission_date": submission_date}
    ).fetchall()
    named = [
        {"application": application, "channel": channel, "build_id": build_id, "label": label}
        for application, channel, version, build_id in unnamed
        if (label := label_of_build(releases, application, channel, version, build_id))
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_statement("name_build"), named)


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
