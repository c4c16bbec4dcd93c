"""Days of made-up aggregates, as large and as varied as those of 2016, in a second each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from crash_rate_aggregates.database.days.runs import DayToStore, RunFacts
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.ledger import Ledger, LedgerKind, LedgerLine
from crash_rate_aggregates.outcomes import Adjustment, DocType, Outcome
from crash_rate_aggregates.rows import CRASH_AGGREGATES
from crash_rate_aggregates.stats import CRASH_PING_STATS

PINGS = 630_000
"""Drawn pings that make about 250,000 aggregates; a real day of 2016 had 249,634."""
_BATCH_ROWS = 16_384


def made_day(submission_date: date, *, pings: int = PINGS) -> DayToStore:
    """Return a day that is the same for the same date; its batches can be read again and again."""
    table = _aggregates(submission_date, pings)
    ledger = _ledger(table)
    facts = RunFacts(
        started_at=datetime.now(UTC),
        seconds=600.0,
        program_version="0.1.0",
        engine="made up",
        pings_source="made up",
        dimensions=DIMENSIONS,
        pings_read=ledger.pings,
        bytes_read=10**12,
        files_read=10_000,
    )
    batches = table.to_batches(max_chunksize=_BATCH_ROWS)
    return DayToStore(submission_date, {CRASH_AGGREGATES: batches}, ledger, (), facts)


def _aggregates(submission_date: date, pings: int) -> pa.Table:
    query = Path(__file__).with_name("made_day.sql").read_text("utf-8")
    seed = submission_date.toordinal() * 0.61803 % 1
    with _one_thread() as connection:
        connection.execute("SELECT setseed(?)", [seed]).fetchall()
        values = {"day": submission_date, "badness": 0.9 + seed / 5, "pings": pings}
        drawn: pa.Table = connection.sql(query, params=values).to_arrow_table()
    zeros = pa.array([0] * len(drawn), pa.int64())
    columns = [
        drawn[field.name].cast(field.type) if field.name in drawn.column_names else zeros
        for field in CRASH_AGGREGATES.schema
    ]
    return pa.table(columns, schema=CRASH_AGGREGATES.schema)


@contextmanager
def _one_thread() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give DuckDB on one thread: random numbers come in another order on two."""
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def _ledger(table: pa.Table) -> Ledger:
    """Return a ledger that balances, with every outcome and adjustment."""
    counted = {
        DocType.MAIN: pc.sum(table["ping_count"]).as_py(),
        DocType.CRASH: sum(pc.sum(table[name]).as_py() for name in CRASH_PING_STATS),
    }
    lines = (
        *(
            LedgerLine(
                doc_type,
                LedgerKind.OUTCOME,
                outcome,
                pings if outcome == Outcome.COUNTED else 1_000,
            )
            for doc_type, pings in counted.items()
            for outcome in Outcome
        ),
        *(
            LedgerLine(doc_type, LedgerKind.ADJUSTMENT, str(adjustment.name).lower(), 100)
            for doc_type in counted
            for adjustment in Adjustment
        ),
    )
    return Ledger(tuple(sorted(lines)))
