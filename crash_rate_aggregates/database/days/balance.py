"""The ledger must balance against the rows that were stored."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from crash_rate_aggregates.database.days.runs import DayToStore
from crash_rate_aggregates.errors import LedgerImbalanceError
from crash_rate_aggregates.ledger import RowSums
from crash_rate_aggregates.rows import DayTable
from crash_rate_aggregates.stats import CRASH_PING_STATS


def sums_of(table: DayTable, batch: pa.RecordBatch) -> RowSums:
    """Add up the rows of one more batch of a table; of its stats, if each ping is in there once."""
    if not table.holds_each_ping_once:
        return RowSums(batch.num_rows)
    return RowSums(
        rows=batch.num_rows,
        main_pings=_sum(batch, "ping_count"),
        crash_pings=sum(_sum(batch, name) for name in CRASH_PING_STATS),
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
    stored = RowSums(rows_stored, sent.main_pings, sent.crash_pings)
    if table.holds_each_ping_once:
        faults = day.ledger.faults_against(day.facts.pings_read, sent.rows, stored)
    else:
        faults = [] if sent == stored else [f"rows {sent.rows:,}, stored {stored.rows:,}"]
    if faults:
        raise LedgerImbalanceError(
            f"{table.name} of {day.submission_date} does not balance: {'; '.join(faults)}; "
            "the day was not replaced, report this"
        )


def _sum(batch: pa.RecordBatch, name: str) -> int:
    # An empty batch has no sum.
    return pc.sum(batch.column(name)).as_py() or 0
