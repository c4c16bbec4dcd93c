"""Days to ask the questions about, in a database of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.runs import RecordedRun
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.ledger import CarriedLine
from crash_rate_aggregates.questions.asking import ask_question
from crash_rate_aggregates.questions.catalog import questions
from crash_rate_aggregates.rows import DayTable
from test.database.sample_days import DatabaseTestCase, Row, day

HOURS = 3_600_000
"""Usage seconds of 1,000 hours."""
RATE_QUESTIONS = (
    "crash_rates_by_build",
    "crash_rates_by_country",
    "crash_rates_by_system",
    "crash_rates_by_version",
    "crash_rates_over_time",
)
"""Questions of one application that have a rate of each kind of crash."""


def table_batch(table: DayTable, rows: Iterable[Mapping[str, Any]]) -> pa.RecordBatch:
    """Return rows of a table as engines hand them over, of Firefox; numbers not given are 0."""
    usual = {one.name: 0 for one in table.schema if pa.types.is_int64(one.type)}
    full = [{**usual, "application": "Firefox", **row} for row in rows]
    return pa.RecordBatch.from_pylist(full, schema=table.schema)


class QuestionsTestCase(DatabaseTestCase):
    def store(self, submission_date, *rows, **kwargs):
        """Store a day of Firefox, where a row names no other application."""
        named = [
            replace(row, dimensions={"application": "Firefox"} | row.dimensions) for row in rows
        ]
        ensure_partition(self.connection, submission_date)
        return replace_day(self.connection, day(*named, submission_date=submission_date, **kwargs))

    def fill(
        self,
        submission_date: date,
        *rows: Row,
        tables: Mapping[DayTable, Iterable[Mapping[str, Any]]],
        carried: Iterable[CarriedLine] = (),
    ) -> RecordedRun:
        """Store a day with rows in tables beside `crash_aggregates`; rows are of Firefox."""
        ensure_partition(self.connection, submission_date)
        named = [
            replace(row, dimensions={"application": "Firefox"} | row.dimensions) for row in rows
        ]
        stored = day(*named, submission_date=submission_date)
        beside = {table: [table_batch(table, found)] for table, found in tables.items()}
        ledger = replace(stored.ledger, carried=tuple(carried))
        return replace_day(
            self.connection, replace(stored, tables={**stored.tables, **beside}, ledger=ledger)
        )

    def ask(self, name, **values):
        """Return the answer as mappings."""
        given = {
            "first_date": date(2016, 1, 1),
            "last_date": date(2016, 12, 31),
            "application": "Firefox",
            "channels": ["nightly", "beta"],
            "channel": "nightly",
            **values,
        }
        answer = ask_question(self.connection, questions()[name], given)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
