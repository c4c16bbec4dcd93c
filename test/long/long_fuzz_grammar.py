"""Ten million pings, changed by grammar, on the fast path and on the plain one: about half an hour.

CRASH_RATE_AGGREGATES_FUZZ_CASES says how many, CRASH_RATE_AGGREGATES_FUZZ_SEED which.
"""

from __future__ import annotations

import os
import secrets
import sys
import unittest

from test.decode.grammar_agreement import GrammarFuzz

CASES = int(os.environ.get("CRASH_RATE_AGGREGATES_FUZZ_CASES", "10_000_000"))
SEED = int(os.environ.get("CRASH_RATE_AGGREGATES_FUZZ_SEED", "0")) or secrets.randbelow(1 << 32)
CASES_A_LINE = 250_000


class LongGrammarTest(unittest.TestCase):
    def test_paths_agree(self) -> None:
        """On millions of changed pings of every layout the fast path says what the plain one says.

        At least a third of them it judges by itself.
        """
        fuzz = GrammarFuzz(SEED)
        while fuzz.found.cases < CASES:
            found = fuzz.go_on(min(CASES_A_LINE, CASES - fuzz.found.cases))
            print(f"seed {SEED}: {found}", file=sys.stderr, flush=True)  # noqa: T201  Figures.
            self.assertEqual(found.differing, [])
        self.assertGreater(fuzz.found.fast, CASES / 3)


if __name__ == "__main__":
    unittest.main()
