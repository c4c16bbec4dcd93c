"""The ledger of a day: drawn up from what was counted, and balanced."""

from __future__ import annotations

import unittest
from collections import Counter

from crash_rate_aggregates.engines.drawn_ledger import CountedPings, draw_up
from crash_rate_aggregates.engines.kernel import VerdictCounts
from crash_rate_aggregates.errors import LedgerImbalanceError
from crash_rate_aggregates.ledger import Ledger, LedgerLine
from crash_rate_aggregates.outcomes import Adjustment, DocType, Outcome

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
        self.assertEqual(draw_up(verdicts, counted), Ledger(expected))
        self.assertEqual(draw_up(verdicts, reversed(counted)), Ledger(expected))

    def test_empty_day(self) -> None:
        """A day without pings has an empty ledger."""
        self.assertEqual(draw_up(VerdictCounts(), []), Ledger())

    def test_imbalance_is_an_error(self) -> None:
        """A ping that was read and is nowhere, or is counted without having been read, is found."""
        counted = [CountedPings("main", 0, None, 2)]
        for verdicts in (counts(3, main=2), counts(1, main=2), counts(2, main=1)):
            with self.assertRaisesRegex(LedgerImbalanceError, f"read {verdicts.read}, outcomes"):
                draw_up(verdicts, counted)

    def test_many_process_types(self) -> None:
        """The 50 most frequent process types are named, by name where equal; the rest is summed."""
        counted = [CountedPings("crash", 0, f"type-{n:02}", 2 if n else 1) for n in range(60)]
        total = sum(group.pings for group in counted)
        lines = [
            (line.name, line.pings)
            for line in draw_up(counts(total, crash=total), counted).lines
            if line.kind == "process_type"
        ]
        named = [(f"type-{number:02}", 2) for number in range(1, 51)]
        self.assertEqual(lines, [("all others", 19), *named])


if __name__ == "__main__":
    unittest.main()
