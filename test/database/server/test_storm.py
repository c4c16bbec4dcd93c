from __future__ import annotations

from unittest import TestCase

from test.database.server.storm import Storm

SEED = 20160314
ROUNDS = 10


class StormTest(TestCase):
    def test_a_few_rounds(self):
        """Nothing is lost, late or left over, whatever is killed; `make test-long` has more."""
        figures = Storm(SEED).blow(ROUNDS)
        self.assertEqual(figures.faults, [])
        self.assertGreaterEqual(figures.killed.total(), ROUNDS)
