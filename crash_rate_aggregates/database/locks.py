"""What sessions of this program lock against each other, each until a transaction ends.

A lock is a row that is locked, so only who may write can keep others waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def changing_day(connection: psycopg.Connection, submission_date: date) -> Iterator[None]:
    """Hold a transaction in which no other session replaces the submission date.

    Args:
        connection: From `connect`, outside any transaction.
        submission_date: Waited for as long as another session changes it.
    """
    thing = (submission_date - _FIRST_DATE).days
    # Before the transaction: a row that nobody else sees yet would be waited for without a word.
    connection.execute(statement("make_lock"), {"thing": thing})
    with connection.transaction():
        _lock(connection, thing, str(submission_date))
        yield


def _lock(connection: psycopg.Connection, thing: int, name: str) -> None:
    of_thing = {"thing": thing}
    if connection.execute(statement("try_lock"), of_thing).rowcount == 0:
        _log.info("waiting for another session that changes %s", name)
        connection.execute(statement("lock"), of_thing)
