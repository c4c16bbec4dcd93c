"""The ledger must balance against the rows that were stored."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from crash_rate_aggregates.database.days.runs import DayToStore
from crash_rate_aggregates.errors import LedgerImbalanceError
from crash_rate_aggregates.ledger import RowSums, different
from crash_rate_aggregates.rows import DayTable, PingSum


def sums_of(table: DayTable, batch: pa.RecordBatch) -> RowSums:
    """Add up the rows of one more batch of a table, and the counted pings that they tell of."""
    return RowSums(
        rows=batch.num_rows,
        usage_pings=_sum(batch, table.usage_pings),
        crash_pings=_sum(batch, table.crash_pings),
    )


def check_balance(day: DayToStore, table: DayTable, sent: RowSums, rows_stored: int) -> None:
    """Compare the day's ledger with the rows of a table.

    Args:
        day: With its ledger.
        table: The table that was filled.
        sent: What its batches add up to.
        rows_stored: As many as the server says that it took.

    Raises:
        LedgerImbalanceError: With the numbers that should be equal and are not.
    """
    faults = [
        *day.ledger.faults_of_reading(day.facts.pings_read),
        *different("rows", sent.rows, "stored", rows_stored),
        *day.ledger.faults_of_pings(
            None if table.usage_pings is None else sent.usage_pings,
            None if table.crash_pings is None else sent.crash_pings,
        ),
    ]
    if faults:
        raise LedgerImbalanceError(
            f"{table.name} of {day.submission_date} does not balance: {'; '.join(faults)}; "
            "the day was not replaced, report this"
        )


def _sum(batch: pa.RecordBatch, of: PingSum | None) -> int:
    if of is None:
        return 0
    if of.where is not None:
        column, value = of.where
        batch = batch.filter(pc.equal(batch.column(column), value))
    # An empty batch has no sum.
    return sum(pc.sum(batch.column(name)).as_py() or 0 for name in of.columns)
