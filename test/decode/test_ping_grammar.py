"""The paths agree on pings that a grammar changes; test/long does the same for half an hour."""

from __future__ import annotations

import unittest
from random import Random
from unittest.mock import patch

from crash_rate_aggregates.decode import fast
from crash_rate_aggregates.decode.layouts.kinds import V4_PINGS
from crash_rate_aggregates.normalize.values import IntegerLiteral
from test.decode.grammar_agreement import GrammarFuzz
from test.decode.ping_grammar import PingGrammar

CASES = 6_000
MOST_CASES = 30_000
"""Until a defect is found: what a part reads may be one of forty members."""


class PingGrammarTest(unittest.TestCase):
    def test_paths_agree(self) -> None:
        """Of pings of every layout, changed by grammar, the fast path judges most, and rightly."""
        found = GrammarFuzz(seed=14).go_on(CASES)
        self.assertEqual(found.differing, [])
        self.assertGreater(found.fast, CASES / 3)
        self.assertGreater(found.counted, CASES / 5)
        self.assertLess(found.fast, CASES)

    def test_repeatable(self) -> None:
        """The same seed draws the same pings."""
        drawn = [
            [PingGrammar(V4_PINGS, Random(seed)).ping() for _ in range(5)]  # noqa: S311  By seed.
            for seed in (3, 3, 4)
        ]
        self.assertEqual(drawn[0], drawn[1])
        self.assertNotEqual(drawn[0], drawn[2])

    def differing(self, name: str, stand_in: object) -> int:
        """Return on how many pings the paths differ with another part in the fast one."""
        with patch.object(fast, name, stand_in):
            fuzz = GrammarFuzz(seed=14)
            while not fuzz.found.differing and fuzz.found.cases < MOST_CASES:
                fuzz.go_on(500)
        return len(fuzz.found.differing)

    def test_defects_are_found(self) -> None:
        """A fast path that looks at one place, takes any number or reads no histogram is found."""
        for name, stand_in in (
            ("_other_value", lambda *_: None),
            ("_integer_literal", lambda raw: IntegerLiteral(bytes(raw).decode())),
            ("decode_json", lambda *_: {}),
        ):
            with self.subTest(name=name):
                self.assertGreater(self.differing(name, stand_in), 0)


if __name__ == "__main__":
    unittest.main()
