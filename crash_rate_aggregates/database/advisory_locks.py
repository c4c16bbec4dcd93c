"""The advisory locks of this program: they end with the transaction that took them."""

from __future__ import annotations

import logging
from datetime import date

import psycopg

from crash_rate_aggregates.database.statements import statement

_log = logging.getLogger(__name__)

NAMESPACE = 0x63726173
"""First of the two numbers of each lock, `cras` in ASCII: other programs will not use it."""
_FIRST_DATE = date(2000, 1, 1)
_SCHEMA = -1


def lock_schema(connection: psycopg.Connection) -> None:
    """Wait until no other session migrates or makes a partition; needs a transaction."""
    _lock(connection, _SCHEMA, "the tables of the database")


def lock_day(connection: psycopg.Connection, submission_date: date) -> None:
    """Wait until no other session replaces the submission date; needs a transaction."""
    _lock(connection, (submission_date - _FIRST_DATE).days, str(submission_date))


def _lock(connection: psycopg.Connection, thing: int, name: str) -> None:
    numbers = {"namespace": NAMESPACE, "thing": thing}
    row = connection.execute(statement("try_lock"), numbers).fetchone()
    if row is None or not row[0]:
        _log.info("waiting for another session that changes %s", name)
        connection.execute(statement("lock"), numbers)
