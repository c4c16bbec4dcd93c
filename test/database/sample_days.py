"""Small days to store, and a migrated database to store them in."""

from __future__ import annotations

import json
import unittest
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pyarrow as pa

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.runs import DayToStore, RunFacts
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.ledger import CarriedLine, DamagedFile, Ledger, LedgerLine
from crash_rate_aggregates.rows import CRASH_AGGREGATES, REPLACED_TABLES
from crash_rate_aggregates.stats import CRASH_PING_STATS, STAT_NAMES
from test.servers import fresh_database

FILLED_TABLES = (CRASH_AGGREGATES.name, *CRASH_AGGREGATES.summaries)
"""Those in which a `day` has rows."""
SUBMISSION_DATE = date(2016, 3, 14)


@dataclass(frozen=True)
class Row:
    """One aggregate; stats not given are 0."""

    dimensions: dict[str, str]
    stats: dict[str, int] = field(default_factory=dict)
    activity_date: date = date(2016, 3, 13)


NIGHTLY = Row({"channel": "nightly"}, {"ping_count": 3, "usage_seconds": 7200, "main_crashes": 1})
BETA = Row(
    {"channel": "beta", "os_name": "Linux"},
    {"ping_count": 1, "usage_seconds": 1800, "content_crash_pings": 2},
)


def batch(rows: Sequence[Row]) -> pa.RecordBatch:
    """Return the rows as the engine hands them over."""
    columns: list[list[Any]] = [
        [row.activity_date for row in rows],
        [json.dumps(row.dimensions, ensure_ascii=False) for row in rows],
        *([row.stats.get(name, 0) for row in rows] for name in STAT_NAMES),
    ]
    schema = CRASH_AGGREGATES.schema
    arrays = [pa.array(column, one.type) for column, one in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def balanced_ledger(rows: Iterable[Row]) -> tuple[LedgerLine, ...]:
    """Return the shortest ledger that fits the rows."""
    stats = [row.stats for row in rows]
    return (
        LedgerLine(
            "crash",
            "outcome",
            "counted",
            sum(one.get(name, 0) for one in stats for name in CRASH_PING_STATS),
        ),
        LedgerLine("main", "outcome", "counted", sum(one.get("ping_count", 0) for one in stats)),
    )


def day(
    *rows: Row,
    submission_date: date = SUBMISSION_DATE,
    batches: Iterable[pa.RecordBatch] | None = None,
    ledger: Sequence[LedgerLine] | None = None,
    damaged_files: Sequence[tuple[str, str]] = (),
) -> DayToStore:
    """Return a day that balances unless another ledger is given."""
    lines = balanced_ledger(rows) if ledger is None else ledger
    facts = RunFacts(
        started_at=datetime(2016, 3, 15, 4, 0, tzinfo=UTC),
        seconds=12.5,
        program_version="0.1.0",
        engine="embedded",
        pings_source="/pings",
        dimensions=DIMENSIONS,
        pings_read=sum(line.pings for line in lines if line.kind == "outcome"),
        bytes_read=4096,
        files_read=2,
    )
    return DayToStore(
        submission_date=submission_date,
        tables={CRASH_AGGREGATES: [batch(rows)] if batches is None else batches},
        ledger=Ledger(tuple(lines), carried=(CarriedLine(None, "main", None, 1),)),
        damaged=tuple(DamagedFile(file, reason) for file, reason in damaged_files),
        facts=facts,
    )


class DatabaseTestCase(unittest.TestCase):
    """Has a database of its own with the partition of `SUBMISSION_DATE`, empty for each test."""

    url: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.url = fresh_database(cls)
        with connect(cls.url) as connection:
            migrate(connection)
            ensure_partition(connection, SUBMISSION_DATE)

    def setUp(self) -> None:
        self.connection = self.connect()
        self.connection.execute(
            f"TRUNCATE crash_aggregates_runs, {', '.join(REPLACED_TABLES)} RESTART IDENTITY CASCADE"
        )

    def connect(self) -> psycopg.Connection:
        """Return one more connection, closed after the test."""
        connection = connect(self.url)
        self.addCleanup(connection.close)
        return connection

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return self.connection.execute(query, parameters or None).fetchall()

    def stored(self, submission_date: date = SUBMISSION_DATE) -> list[tuple[Any, ...]]:
        """Return the day's rows in a fixed order."""
        return self.rows(
            "SELECT * FROM crash_aggregates WHERE submission_date = %s "
            "ORDER BY activity_date, dimensions::text",
            submission_date,
        )
