from __future__ import annotations

import unittest

from crash_rate_aggregates.stats import CRASH_PING_STATS, NO_STATS, STAT_NAMES, row_of


class RowTest(unittest.TestCase):
    def test_order(self) -> None:
        """A row has the stats in the order of the columns, however they were counted."""
        counts = {name: number for number, name in enumerate(STAT_NAMES)}
        backwards = dict(reversed(counts.items()))
        self.assertEqual(row_of(backwards), tuple(range(len(STAT_NAMES))))
        self.assertEqual(row_of(NO_STATS), (0,) * len(STAT_NAMES))

    def test_misspelled(self) -> None:
        """A name that is no stat's is an error with that name, never a count that is lost."""
        with self.assertRaisesRegex(KeyError, "main_crashs"):
            row_of({**NO_STATS, "main_crashs": 1})

    def test_missing(self) -> None:
        """A stat that is missing is an error with its name."""
        counts = {name: 0 for name in STAT_NAMES if name != "gpu_crashes"}
        with self.assertRaisesRegex(KeyError, "gpu_crashes"):
            row_of(counts)
        with self.assertRaisesRegex(KeyError, "gpu_crashes"):
            row_of({**counts, "gpu_crashs": 0})

    def test_crash_ping_stats_are_stats(self) -> None:
        """Those that balance the ledger are stats."""
        self.assertLess(set(CRASH_PING_STATS), set(STAT_NAMES))


if __name__ == "__main__":
    unittest.main()
