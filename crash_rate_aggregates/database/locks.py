"""What sessions of this program lock against each other, until the end of a transaction.

A lock is a row that is locked, so only who may write can keep others waiting.
"""

from __future__ import annotations

import logging
from datetime import date

import psycopg

from crash_rate_aggregates.database.statements import statement

_log = logging.getLogger(__name__)

_FIRST_DATE = date(2000, 1, 1)
_SCHEMA = -1


def lock_schema(connection: psycopg.Connection) -> None:
    """Wait until no other session migrates or makes a partition; needs a transaction."""
    row = connection.execute(statement("has_locks")).fetchone()
    if row is not None and row[0]:
        _lock(connection, _SCHEMA, "the tables of the database")
    else:
        connection.execute(statement("lock_before_tables"))


def make_day_lock(connection: psycopg.Connection, submission_date: date) -> None:
    """Make what `lock_day` locks, outside any transaction, so that who waits can tell so."""
    connection.execute(statement("make_lock"), {"thing": _number(submission_date)})


def lock_day(connection: psycopg.Connection, submission_date: date) -> None:
    """Wait until no other session replaces the submission date; needs a transaction."""
    _lock(connection, _number(submission_date), str(submission_date))


def _number(submission_date: date) -> int:
    return (submission_date - _FIRST_DATE).days


def _lock(connection: psycopg.Connection, thing: int, name: str) -> None:
    of_thing = {"thing": thing}
    connection.execute(statement("make_lock"), of_thing)
    if connection.execute(statement("try_lock"), of_thing).rowcount == 0:
        _log.info("waiting for another session that changes %s", name)
        connection.execute(statement("lock"), of_thing)
