from __future__ import annotations

import unittest

from crash_rate_aggregates.stats import CRASH_PING_STATS, STAT_NAMES, row_of


class RowTest(unittest.TestCase):
    def test_order(self) -> None:
        """A row has the stats in the order of the columns, however they were counted."""
        counts = {name: number for number, name in enumerate(STAT_NAMES, 1)}
        backwards = dict(reversed(counts.items()))
        self.assertEqual(row_of(backwards), tuple(range(1, len(STAT_NAMES) + 1)))

    def test_what_is_not_counted(self) -> None:
        """A stat that is left out is 0, in each row anew."""
        self.assertEqual(row_of({"usage_seconds": 7})[1], 7)
        self.assertEqual(row_of({}), (0,) * len(STAT_NAMES))

    def test_misspelled(self) -> None:
        """A name that is no stat's is an error with that name, never a count that is lost."""
        with self.assertRaisesRegex(KeyError, "main_crashs"):
            row_of({"ping_count": 1, "main_crashs": 1})

    def test_crash_ping_stats_are_stats(self) -> None:
        """Those that balance the ledger are stats."""
        self.assertLess(set(CRASH_PING_STATS), set(STAT_NAMES))


if __name__ == "__main__":
    unittest.main()
