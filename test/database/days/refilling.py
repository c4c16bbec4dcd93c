"""Refill one day again and again while readers poll it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import IsolationLevel

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.runs import DayToStore
from crash_rate_aggregates.database.schema.vacuum import vacuum_day
from crash_rate_aggregates.rows import CRASH_AGGREGATES

_COUNTS = (
    "SELECT (SELECT count(*) FROM crash_aggregates WHERE submission_date = %(day)s), "
    "(SELECT sum(aggregates)::bigint FROM crash_aggregates_by_channel "
    "WHERE submission_date = %(day)s)"
)


@dataclass
class Reader:
    """What one reader saw."""

    level: IsolationLevel
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    """Rows of the day in the table, and those that its summary accounts for."""
    reads: int = 0


def poll(url: str, day: DayToStore, reader: Reader, is_over: threading.Event) -> None:
    """Count the day's rows all the time, twice in each transaction, as the level allows."""
    with connect(url) as connection:
        connection.isolation_level = reader.level
        # A read that waits longer for a lock fails, and the test with it.
        connection.execute("SET lock_timeout = '1s'")
        while not is_over.is_set():
            with connection.transaction():
                for _ in range(2):
                    row = connection.execute(_COUNTS, {"day": day.submission_date}).fetchone()
                    reader.seen.add(row or ())
                    reader.reads += 1


def refill(connection: psycopg.Connection, url: str, day: DayToStore, times: int) -> list[Reader]:
    """Refill the day while two readers poll, one at each isolation level."""
    is_over = threading.Event()
    readers = [Reader(IsolationLevel.READ_COMMITTED), Reader(IsolationLevel.REPEATABLE_READ)]
    with ThreadPoolExecutor(len(readers)) as pool:
        polls = [pool.submit(poll, url, day, reader, is_over) for reader in readers]
        try:
            for _ in range(times):
                replace_day(connection, day)
                vacuum_day(connection, day.submission_date)
        finally:
            is_over.set()
        for one in polls:
            one.result()
    return readers


def stored_bytes(connection: psycopg.Connection) -> int:
    """Return the size of the table and of its summaries on disk, with indexes."""
    row = connection.execute(
        "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r' "
        "AND (oid = ANY (%s::regclass[]) OR oid IN (SELECT inhrelid FROM pg_inherits))",
        (list(CRASH_AGGREGATES.summaries),),
    ).fetchone()
    return row[0] if row else 0
