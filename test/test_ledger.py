"""The ledger: what it counts, and what of a day does not fit it."""

from __future__ import annotations

import unittest

from crash_rate_aggregates.ledger import Ledger, LedgerLine, RowSums
from crash_rate_aggregates.outcomes import DocType

LEDGER = Ledger(
    (
        LedgerLine("crash", "adjustment", "usage_capped", 100),
        LedgerLine("crash", "outcome", "counted", 3),
        LedgerLine("crash", "outcome", "duplicate", 1),
        # A client can send any process type, the name of an outcome too.
        LedgerLine("crash", "process_type", "counted", 3),
        LedgerLine("main", "outcome", "counted", 2000),
        LedgerLine("main", "outcome", "duplicate", 4),
        LedgerLine("unknown", "outcome", "unreadable", 5),
    )
)
ROWS = RowSums(rows=7, usage_pings=2000, crash_pings=3)


class LedgerTest(unittest.TestCase):
    def test_counts(self) -> None:
        """Outcomes alone count pings, each once; what is counted is told by doc type."""
        self.assertEqual(LEDGER.pings, 2013)
        self.assertEqual(LEDGER.by_outcome(), {"counted": 2003, "duplicate": 5, "unreadable": 5})
        self.assertEqual(
            {doc_type.value: LEDGER.counted(doc_type) for doc_type in DocType},
            {"main": 2000, "baseline": 0, "crash": 3, "other": 0, "unknown": 0},
        )

    def test_balanced(self) -> None:
        """A ledger that all numbers fit has no fault, and neither has that of a day of nothing."""
        self.assertEqual(LEDGER.faults_of_reading(2013), [])
        self.assertEqual(LEDGER.faults_against(2013, 7, ROWS), [])
        self.assertEqual(Ledger().faults_against(0, 0, RowSums()), [])

    def test_each_fault_is_told(self) -> None:
        """Each number that does not fit is told with the other, and no more than those."""
        for faults, words in (
            (LEDGER.faults_of_reading(2014), ["pings read 2,014, outcomes 2,013"]),
            (LEDGER.faults_against(2012, 7, ROWS), ["pings read 2,012, outcomes 2,013"]),
            (LEDGER.faults_against(2013, 8, ROWS), ["aggregates 8, rows 7"]),
            (
                LEDGER.faults_against(2013, 7, RowSums(7, 1999, 3)),
                ["counted usage pings 2,000, usage pings in the rows 1,999"],
            ),
            (
                LEDGER.faults_against(2013, 7, RowSums(7, 2000, 4)),
                ["counted crash pings 3, crash pings in the rows 4"],
            ),
        ):
            self.assertEqual(faults, words)
        self.assertEqual(len(LEDGER.faults_against(0, 0, ROWS)), 2)

    def test_negative_line(self) -> None:
        """More counted pings than passed is a fault, even where all sums are equal."""
        lines = (
            LedgerLine("main", "outcome", "counted", 3),
            LedgerLine("main", "outcome", "duplicate", -1),
        )
        self.assertEqual(Ledger(lines).faults_of_reading(2), ["-1 main pings duplicate"])

    def test_sums_add_up(self) -> None:
        """Sums of batches add up field by field."""
        self.assertEqual(RowSums(1, 20, 300) + RowSums(4, 50, 600), RowSums(5, 70, 900))


if __name__ == "__main__":
    unittest.main()
