"""Days to ask the questions about, in a database of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import exp, hypot, log
from typing import Any

import pyarrow as pa
from psycopg import sql
from scipy.special import gammaincinv

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
IN_COLUMNS = ("rate", "lower", "upper")
"""What the columns of a kind end with, where each kind has its own."""


def interval(
    crashes: float, hours: float, burst_factor: float = 3.0, log_sd: float = 0.1
) -> tuple[float, float, float]:
    """Return a rate with its limits by the formula in docs/database.md; as usual, what is assumed.

    Args:
        crashes: Whole.
        hours: Of usage, above 0.
        burst_factor: Of the count.
        log_sd: That the days give to the logarithm of the rate.
    """
    effective = crashes / burst_factor
    days = 1.959963984540054 * log_sd
    upper = burst_factor * gammaincinv(effective + 1, 0.975)
    if not crashes:
        return 0.0, 0.0, 1000 / hours * upper * exp(days)
    rate = 1000 * crashes / hours
    down = hypot(log(effective / gammaincinv(effective, 0.025)), days)
    return rate, rate * exp(-down), rate * exp(hypot(log(upper / crashes), days))


def table_batch(table: DayTable, rows: Iterable[Mapping[str, Any]]) -> pa.RecordBatch:
    """Return rows of a table as engines hand them over, of Firefox; numbers not given are 0."""
    usual = {one.name: 0 for one in table.schema if pa.types.is_int64(one.type)}
    full = [{**usual, "application": "Firefox", **row} for row in rows]
    return pa.RecordBatch.from_pylist(full, schema=table.schema)


class QuestionsTestCase(DatabaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.connection.execute(
            "TRUNCATE crash_assessments, crash_acknowledgements RESTART IDENTITY CASCADE"
        )

    def assess(
        self, submission_date: date, tables: Mapping[str, Iterable[Mapping[str, Any]]]
    ) -> int:
        """Store what was said on the evening of a day, rows by table, and return its number.

        Rows are of nightly, unless they say otherwise.
        """
        ((number,),) = self.rows(
            "INSERT INTO crash_assessments (submission_date, assessed_at, program_version, "
            "method_version, last_run_id, seconds) VALUES (%s, now(), '0.1.0', 1, 1, 2.5) "
            "RETURNING assessment_id",
            submission_date,
        )
        for table, rows in tables.items():
            for row in rows:
                usual = {"application": "Firefox", "channel": "nightly"}
                full = {"assessment_id": number, **usual, **row}
                self.connection.execute(
                    sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                        sql.Identifier(table),
                        sql.SQL(", ").join(map(sql.Identifier, full)),
                        sql.SQL(", ").join(map(sql.Placeholder, full)),
                    ),
                    full,
                )
        return int(number)

    def vary(self, submission_date: date, *rows: Mapping[str, Any]) -> int:
        """Store how much crashes of nightly vary, as known on the evening of a day."""
        usual = {"burst_factor": None, "day_sd": None, "days": 56}
        return self.assess(submission_date, {"crash_variation": [{**usual, **one} for one in rows]})

    def assert_interval(
        self, found: Sequence[float | None], crashes: float, hours: float, *varying: float
    ) -> None:
        """Hold that a rate and its limits are those of `interval`, within 0.01%."""
        for number, wanted in zip(found, interval(crashes, hours, *varying), strict=True):
            self.assertIsNotNone(number)
            self.assertAlmostEqual(number or 0.0, wanted, delta=1e-4 * wanted)

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
