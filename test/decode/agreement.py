"""Holds that both paths agree."""

from __future__ import annotations

import unittest

from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.normalize.ping import Ignored, NormalizedPing
from test.dataset import judge_of


class AgreementTestCase(unittest.TestCase):
    """Judges a text in every way there is."""

    def assert_agree(self, text: bytes, judge: PingJudge | None = None) -> NormalizedPing | Ignored:
        """Hold that both paths give one verdict, on bytes and inside a chunk; return it."""
        judge = judge or judge_of()
        plain = judge.judge_plainly(text)
        self.assertEqual(judge.judge_json(text), plain)
        self.assertEqual(judge.judge_json(memoryview(b"1" + text + b"1")[1:-1]), plain)
        return plain
