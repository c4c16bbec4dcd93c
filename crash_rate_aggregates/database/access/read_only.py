"""Read in a transaction that can change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.errors import DatabaseError


@contextmanager
def reading(
    connection: psycopg.Connection, failed: str, rejected: type[DatabaseError] = DatabaseError
) -> Iterator[psycopg.Cursor]:
    """Give a cursor in a read-only transaction.

    Args:
        connection: From `connect`, outside any transaction.
        failed: What could not be done, as the start of the sentence of an error.
        rejected: The error for a statement that the server does not accept.
    """
    with (
        rejections(failed, rejected),
        connection.transaction(),
        connection.cursor() as cursor,
    ):
        # For the rest of the transaction; it cannot be taken back once a statement has run.
        cursor.execute("SELECT set_config('transaction_read_only', 'on', true)")
        yield cursor
