"""What sessions of this program lock against each other, each until a transaction ends.

A lock is a row that is locked, so only who may write can keep others waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg

_log = logging.getLogger(__name__)

_FIRST_DATE = date(2000, 1, 1)
_SCHEMA = -1
_LOCK = "SELECT FROM crash_aggregates_locks WHERE thing = %(thing)s FOR UPDATE"
"""Ends with the transaction."""


def lock_schema(connection: psycopg.Connection) -> None:
    """Wait until no other session migrates or makes a partition; needs a transaction."""
    row = connection.execute("SELECT to_regclass('crash_aggregates_locks') IS NOT NULL").fetchone()
    if row is not None and row[0]:
        _lock(connection, _SCHEMA, "the tables of the database")
    else:
        # Ends with the transaction; cras in ASCII, which other programs will not use.
        connection.execute("SELECT pg_advisory_xact_lock(x'63726173'::integer, -1)")


def lock_days(connection: psycopg.Connection, first: date, last: date) -> None:
    """Wait until no other session changes a day from the first to the last, and keep them out.

    Args:
        connection: In a transaction, with the schema locked: who fills a day never waits for that
            while it has the day.
        first: A submission date.
        last: A submission date.
    """
    things = {"first": _thing(first), "last": _thing(last)}
    # A day that was never filled has no row yet, and could be filled while we work.
    connection.execute(
        "INSERT INTO crash_aggregates_locks (thing) "
        "SELECT generate_series(%(first)s::integer, %(last)s::integer) ON CONFLICT DO NOTHING",
        things,
    )
    connection.execute(
        "SELECT FROM crash_aggregates_locks WHERE thing BETWEEN %(first)s AND %(last)s "
        "ORDER BY thing FOR UPDATE",
        things,
    )


@contextmanager
def changing_day(connection: psycopg.Connection, submission_date: date) -> Iterator[None]:
    """Hold a transaction in which no other session replaces the submission date.

    Args:
        connection: From `connect`, outside any transaction.
        submission_date: Waited for as long as another session changes it.
    """
    thing = _thing(submission_date)
    # Before the transaction: a row that nobody else sees yet would be waited for without a word.
    connection.execute(
        "INSERT INTO crash_aggregates_locks (thing) VALUES (%(thing)s) ON CONFLICT DO NOTHING",
        {"thing": thing},
    )
    with connection.transaction():
        _lock(connection, thing, str(submission_date))
        yield


def _thing(submission_date: date) -> int:
    return (submission_date - _FIRST_DATE).days


def _lock(connection: psycopg.Connection, thing: int, name: str) -> None:
    of_thing = {"thing": thing}
    # Without a row another session has it: said before we wait, as that may take as long as a day.
    if connection.execute(f"{_LOCK} SKIP LOCKED", of_thing).rowcount == 0:
        _log.info("waiting for another session that changes %s", name)
        connection.execute(_LOCK, of_thing)
