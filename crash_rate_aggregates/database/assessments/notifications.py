"""What was sent where: the record by which nothing is sent twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside

_statement = statements_beside(__name__)


@dataclass(frozen=True, slots=True)
class SentNotification:
    """One message that its receiver took."""

    alarm_id: str
    state: str
    """begun, worsened, acknowledged or ended; with a number from 2 on where it came again."""
    destination: str
    """Its name in the settings, never an address."""
    sent_at: datetime
    """Aware."""


def sent_notifications(connection: psycopg.Connection) -> list[SentNotification]:
    """Return all that was sent, the oldest first.

    Args:
        connection: From `connect`, outside any transaction.
    """
    with (
        reading(connection, "it could not be read what was sent"),
        connection.cursor(row_factory=class_row(SentNotification)) as cursor,
    ):
        return cursor.execute(_statement("notifications")).fetchall()


@contextmanager
def sending_once(
    connection: psycopg.Connection, alarm_id: str, state: str, destination: str
) -> Iterator[bool]:
    """Give whether a message is still to be sent, and record that it was.

    It is recorded when the block ends without an error. While it runs, another session that would
    send the same waits, and then finds the record: the primary key is the lock.

    Args:
        connection: From `connect`, as the role that fills days, outside any transaction.
        alarm_id: Of the alarm.
        state: What is said of it.
        destination: The name of the receiver.

    Raises:
        DatabaseError: PostgreSQL refuses, as it does the reader.
    """
    values = {"alarm_id": alarm_id, "state": state, "destination": destination}
    with rejections("a notification could not be recorded"), connection.transaction():
        yield connection.execute(_statement("insert_notification"), values).rowcount == 1
