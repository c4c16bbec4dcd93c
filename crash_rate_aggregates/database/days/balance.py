"""The ledger must balance against the rows that were stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from crash_rate_aggregates.database.days.runs import DayToStore
from crash_rate_aggregates.errors import LedgerImbalanceError
from crash_rate_aggregates.outcomes import DocType, LedgerKind, LedgerLine, Outcome
from crash_rate_aggregates.stats import CRASH_PING_STATS


class StoredSums:
    """Sums of what goes into the table, batch by batch."""

    def __init__(self) -> None:
        self.rows = 0
        self.main_pings = 0
        self.crash_pings = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Count one more batch of `rows.AGGREGATE_SCHEMA`."""
        self.rows += batch.num_rows
        self.main_pings += _sum(batch, "ping_count")
        self.crash_pings += sum(_sum(batch, name) for name in CRASH_PING_STATS)


def check_balance(day: DayToStore, sums: StoredSums, rows_stored: int) -> None:
    """Compare the day's ledger with its rows.

    Raises:
        LedgerImbalanceError: With the first two numbers that should be equal and are not.
    """
    counted = _counted(day.ledger)
    outcomes = sum(line.pings for line in day.ledger if line.kind == LedgerKind.OUTCOME)
    for left, left_number, right, right_number in (
        ("pings read", day.facts.pings_read, "the outcomes in the ledger", outcomes),
        ("counted main pings", counted[DocType.MAIN], "sum(ping_count)", sums.main_pings),
        (
            "counted crash pings",
            counted[DocType.CRASH],
            f"sum({' + '.join(CRASH_PING_STATS)})",
            sums.crash_pings,
        ),
        ("aggregates", sums.rows, "rows stored", rows_stored),
    ):
        if left_number != right_number:
            raise LedgerImbalanceError(
                f"{day.submission_date} does not balance: {left} {left_number:,}, "
                f"{right} {right_number:,}; the day was not replaced, report this"
            )


def _counted(ledger: Iterable[LedgerLine]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for line in ledger:
        if line.kind == LedgerKind.OUTCOME and line.name == Outcome.COUNTED:
            counted[line.doc_type] += line.pings
    return counted


def _sum(batch: pa.RecordBatch, name: str) -> int:
    # An empty batch has no sum.
    return pc.sum(batch.column(name)).as_py() or 0
