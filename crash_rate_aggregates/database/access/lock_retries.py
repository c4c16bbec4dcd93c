"""Short transactions that change a table, tried again while another session is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from crash_rate_aggregates.database.access.locks import lock_schema

LOCK_TIMEOUT_MILLISECONDS = 900
"""Sessions queue behind one that waits for a lock, so it gives way before a second is over."""
RETRY_SECONDS = 60.0
"""For so long it is tried again."""


def lock_retries(retry_seconds: float = RETRY_SECONDS) -> Retrying:
    """Return a caller of functions that tries again where a lock was not to be had."""
    return Retrying(
        retry=retry_if_exception_type(psycopg.errors.LockNotAvailable),
        stop=stop_after_delay(retry_seconds),
        # At random: two sessions that gave way to each other must not meet again.
        wait=wait_random_exponential(multiplier=0.1, max=3),
        reraise=True,
    )


@contextmanager
def changing_schema(connection: psycopg.Connection) -> Iterator[None]:
    """Hold a transaction in which no other session of ours changes the schema.

    Raises:
        psycopg.errors.LockNotAvailable: Another session kept a lock for longer than the timeout.
    """
    with connection.transaction():
        # For the rest of the transaction only.
        connection.execute(
            "SELECT set_config('lock_timeout', %(milliseconds)s::text, true)",
            {"milliseconds": LOCK_TIMEOUT_MILLISECONDS},
        )
        lock_schema(connection)
        yield
