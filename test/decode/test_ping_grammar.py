"""The paths agree on pings that a grammar changes; test/long does the same for half an hour."""

from __future__ import annotations

import unittest
from unittest.mock import patch

from crash_rate_aggregates.decode import fast
from crash_rate_aggregates.normalize.values import IntegerLiteral
from test.decode.grammar_agreement import Agreement, GrammarFuzz

CASES = 6_000


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
        self.assertEqual(GrammarFuzz(seed=3).go_on(500), GrammarFuzz(seed=3).go_on(500))
        self.assertNotEqual(GrammarFuzz(seed=3).go_on(500), GrammarFuzz(seed=4).go_on(500))

    def differing(self, name: str, stand_in: object) -> int:
        """Return on how many pings the paths differ with another part in the fast one."""
        with patch.object(fast, name, stand_in):
            found: Agreement = GrammarFuzz(seed=14).go_on(1_500)
        return len(found.differing)

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
