"""The ledger of a day: drawn up from what was counted, and balanced."""

from __future__ import annotations

import unittest
from collections import Counter

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.drawn_ledger import CountedPings, draw_up
from crash_rate_aggregates.engines.kernel import Kernel, VerdictCounts
from crash_rate_aggregates.errors import LedgerImbalanceError
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.outcomes import Adjustment, DocType, LedgerLine, Outcome
from crash_rate_aggregates.rows import PING_SCHEMA
from crash_rate_aggregates.sources.interface import PingBatch, RawPing, Unreadable
from test.dataset import DAY, UUID, crash_ping, json_text, main_ping

BOTH = int(Adjustment.USAGE_CAPPED | Adjustment.BAD_HISTOGRAM)


def counts(read: int, **passed: int) -> VerdictCounts:
    """Make counts of pings of which some passed."""
    return VerdictCounts(read, Counter(), Counter(passed))


class DrawUpTest(unittest.TestCase):
    def test_every_kind_of_line(self) -> None:
        """Outcomes, adjustments and process types are counted by doc type, in a fixed order."""
        verdicts = counts(12, main=5, crash=4)
        verdicts.ignored[Outcome.OTHER_DOC_TYPE, DocType.OTHER] = 2
        verdicts.ignored[Outcome.UNREADABLE, DocType.UNKNOWN] = 1
        counted = [
            CountedPings("main", 0, None, 1),
            CountedPings("main", BOTH, None, 2),
            CountedPings("crash", int(Adjustment.BAD_HISTOGRAM), "gpu", 1),
            CountedPings("crash", 0, "gpu", 1),
            CountedPings("crash", 0, "absent", 2),
        ]
        expected = (
            LedgerLine("crash", "adjustment", "bad_histogram", 1),
            LedgerLine("crash", "outcome", "counted", 4),
            LedgerLine("crash", "process_type", "absent", 2),
            LedgerLine("crash", "process_type", "gpu", 2),
            LedgerLine("main", "adjustment", "bad_histogram", 2),
            LedgerLine("main", "adjustment", "usage_capped", 2),
            LedgerLine("main", "outcome", "counted", 3),
            LedgerLine("main", "outcome", "duplicate", 2),
            LedgerLine("other", "outcome", "other_doc_type", 2),
            LedgerLine("unknown", "outcome", "unreadable", 1),
        )
        self.assertEqual(draw_up(verdicts, counted), expected)
        self.assertEqual(draw_up(verdicts, reversed(counted)), expected)

    def test_empty_day(self) -> None:
        """A day without pings has an empty ledger."""
        self.assertEqual(draw_up(VerdictCounts(), []), ())

    def test_imbalance_is_an_error(self) -> None:
        """A ping that was read and is nowhere, or is counted without having been read, is found."""
        counted = [CountedPings("main", 0, None, 2)]
        for verdicts in (counts(3, main=2), counts(1, main=2), counts(2, main=1)):
            with self.assertRaisesRegex(LedgerImbalanceError, f"read {verdicts.read} pings"):
                draw_up(verdicts, counted)

    def test_many_process_types(self) -> None:
        """The 50 most frequent process types are named, by name where equal; the rest is summed."""
        counted = [CountedPings("crash", 0, f"type-{n:02}", 2 if n else 1) for n in range(60)]
        total = sum(group.pings for group in counted)
        lines = [
            (line.name, line.pings)
            for line in draw_up(counts(total, crash=total), counted)
            if line.kind == "process_type"
        ]
        named = [(f"type-{number:02}", 2) for number in range(1, 51)]
        self.assertEqual(lines, [("all others", 19), *named])


class KernelTest(unittest.TestCase):
    def setUp(self) -> None:
        self.kernel = Kernel(Judge(DAY, DIMENSIONS))

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
        total, one = VerdictCounts(), counts(3, main=2)
        one.ignored[Outcome.BAD_BUILD_ID, DocType.MAIN] = 1
        total.add(one)
        total.add(one)
        self.assertEqual((total.read, total.passed), (6, {"main": 4}))
        self.assertEqual(total.ignored, {(Outcome.BAD_BUILD_ID, DocType.MAIN): 2})


if __name__ == "__main__":
    unittest.main()
