"""What a day that does not balance says, before anything of it is stored."""

from __future__ import annotations

import unittest
from dataclasses import replace

from crash_rate_aggregates.database.days.balance import check_balance, sums_of
from crash_rate_aggregates.errors import LedgerImbalanceError
from crash_rate_aggregates.ledger import RowSums
from crash_rate_aggregates.rows import CRASH_AGGREGATES
from test.database.sample_days import BETA, NIGHTLY, batch, day
from test.engines.made_days import GROUPS

DAY = day(NIGHTLY, BETA)
SUMS = RowSums(rows=2, usage_pings=4, crash_pings=3)


class BalanceTest(unittest.TestCase):
    def test_sums(self) -> None:
        """Main pings and crash pings are summed of the table that holds each ping once."""
        rows = batch([NIGHTLY, BETA])
        self.assertEqual(sums_of(CRASH_AGGREGATES, rows), SUMS)
        self.assertEqual(sums_of(CRASH_AGGREGATES, batch([])), RowSums())
        self.assertEqual(sums_of(GROUPS, rows), RowSums(rows=2))

    def test_balanced(self) -> None:
        """A day whose rows fit its ledger passes, and so do rows of another table that are kept."""
        check_balance(DAY, CRASH_AGGREGATES, SUMS, 2)
        check_balance(DAY, GROUPS, RowSums(rows=7), 7)

    def test_each_fault_is_told(self) -> None:
        """The message tells the table, the day, and all numbers that should be equal."""
        for table, sent, stored, faults in (
            (
                CRASH_AGGREGATES,
                replace(SUMS, usage_pings=5),
                1,
                (
                    "crash_aggregates of 2016-03-14 does not balance: rows 2, stored 1; "
                    "counted usage pings 4, usage pings in the rows 5"
                ),
            ),
            (
                GROUPS,
                RowSums(rows=1_000),
                1_001,
                "made_up_groups of 2016-03-14 does not balance: rows 1,000, stored 1,001",
            ),
        ):
            with self.assertRaises(LedgerImbalanceError) as raised:
                check_balance(DAY, table, sent, stored)
            self.assertEqual(
                str(raised.exception), f"{faults}; the day was not replaced, report this"
            )


if __name__ == "__main__":
    unittest.main()
