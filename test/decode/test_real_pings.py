"""Real pings that no one here made, and what becomes of them."""

from __future__ import annotations

import unittest
from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.normalize.ping import Ignored, NormalizedPing
from crash_rate_aggregates.outcomes import Adjustment
from crash_rate_aggregates.stats import STAT_NAMES
from test.dataset import judge_of
from test.decode.agreement import AgreementTestCase
from test.decode.arbitrary_pings import mutated
from test.property_tests import examples
from test.real_pings import needs_real_pings, real_documents

DAY = date(2017, 9, 9)
_MAX_MUTATED_BYTES = 64 << 10
real_texts = st.deferred(
    lambda: st.sampled_from(
        [text for _, text in real_documents() if 0 < len(text) <= _MAX_MUTATED_BYTES]
    )
)


@needs_real_pings
class RealPingsTest(AgreementTestCase):
    def test_paths_agree(self) -> None:
        """Both paths agree on every JSON document there, and most pass or are other doc types."""
        judge = judge_of(DIMENSIONS, DAY)
        found: Counter[str] = Counter()
        for name, text in real_documents():
            with self.subTest(name=name):
                verdict = self.assert_agree(text, judge)
                found[verdict.outcome if isinstance(verdict, Ignored) else verdict.doc_type] += 1
        self.assertGreaterEqual(found["main"], 100)
        self.assertGreaterEqual(found["crash"], 4)
        self.assertGreaterEqual(found["other_doc_type"], 40)

    @examples(2)
    @given(mutated(real_texts))
    def test_paths_agree_on_mutated_pings(self, text: bytes) -> None:
        """Both paths agree on real documents with a few bytes changed."""
        self.assert_agree(text, judge_of(DIMENSIONS, DAY))

    def test_main_pings_of_a_day(self) -> None:
        """All 100 real main pings of 2017-09-09 pass, with their known sums and adjustments."""
        judge = judge_of(DIMENSIONS, DAY)
        pings = [
            judge.judge_json(text)
            for name, text in real_documents()
            if name.startswith("main_pings_from_main_summary_100.ndjson:")
        ]
        passed = [ping for ping in pings if isinstance(ping, NormalizedPing)]
        self.assertEqual((len(pings), len(passed)), (100, 100))
        sums = map(sum, zip(*(ping.stats for ping in passed), strict=True))
        self.assertEqual(
            {name: total for name, total in zip(STAT_NAMES, sums, strict=True) if total},
            {
                "ping_count": 100,
                "usage_seconds": 779_501,
                "content_crashes": 7,
                "content_shutdown_crashes": 7,
                "active_seconds": 98_460,
            },
        )
        adjusted = Counter(Adjustment(ping.adjustments) for ping in passed)
        del adjusted[Adjustment(0)]
        self.assertEqual(
            adjusted,
            {Adjustment.ACTIVITY_DATE_TOO_EARLY: 1, Adjustment.ACTIVITY_DATE_TOO_LATE: 3},
        )


if __name__ == "__main__":
    unittest.main()
