"""The kernel: rows of what passes, counts of all that is read."""

from __future__ import annotations

import unittest
from collections import Counter

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.kernel import Kernel, VerdictCounts
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.outcomes import DocType, Outcome
from crash_rate_aggregates.rows import PING_SCHEMA
from crash_rate_aggregates.sources.interface import PingBatch, RawPing, Unreadable
from test.dataset import DAY, UUID, crash_ping, json_text, main_ping


class KernelTest(unittest.TestCase):
    def setUp(self) -> None:
        self.kernel = Kernel(Judge(DAY, DIMENSIONS), bytes(32))

    def test_counts_and_rows(self) -> None:
        """Every ping of a batch is read; it becomes a row or is counted by its reason."""
        chunk = json_text(main_ping(id=UUID))
        pings: list[RawPing] = [
            chunk,
            memoryview(b"\n" + chunk)[1:],
            crash_ping(),
            Unreadable.PING,
            b"x",
        ]
        self.kernel.judge(PingBatch(pings))
        self.kernel.judge(PingBatch([]))
        self.assertEqual(self.kernel.counts.read, 5)
        self.assertEqual(self.kernel.counts.passed, {"main": 2, "crash": 1})
        unreadable = (Outcome.UNREADABLE, DocType.UNKNOWN)
        self.assertEqual(self.kernel.counts.ignored, {unreadable: 2})
        self.assertEqual(len(self.kernel), 3)
        rows = self.kernel.take_rows()
        self.assertEqual((rows.schema, rows.num_rows, len(self.kernel)), (PING_SCHEMA, 3, 0))
        first, second, crash = rows.to_pylist()
        self.assertEqual((first.pop("ping"), second.pop("ping")), (0, 1))
        self.assertEqual(first, second)
        self.assertEqual((crash["doc_type"], crash["process_type"]), ("crash", "absent"))
        self.assertEqual((crash["main_crashes"], crash["activity_date"]), (1, DAY))

    def test_no_rows(self) -> None:
        """Rows that are taken twice are taken once; then there are none, by the same schema."""
        self.kernel.judge(PingBatch([json_text(main_ping())]))
        self.assertEqual(self.kernel.take_rows().num_rows, 1)
        again = self.kernel.take_rows()
        self.assertEqual((again.schema, again.num_rows), (PING_SCHEMA, 0))

    def test_counts_of_tasks_add_up(self) -> None:
        """The counts of several tasks add up by outcome and doc type."""
        total, one = VerdictCounts(), VerdictCounts(3, Counter(), Counter(main=2))
        one.ignored[Outcome.BAD_BUILD_ID, DocType.MAIN] = 1
        total.add(one)
        total.add(one)
        self.assertEqual((total.read, total.passed), (6, {"main": 4}))
        self.assertEqual(total.ignored, {(Outcome.BAD_BUILD_ID, DocType.MAIN): 2})


if __name__ == "__main__":
    unittest.main()
