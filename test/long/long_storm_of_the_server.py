"""A storm of kills over embedded servers: some minutes.

CRASH_RATE_AGGREGATES_STORM_ROUNDS says how many rounds, CRASH_RATE_AGGREGATES_STORM_SEED which.
"""

from __future__ import annotations

import os
import secrets
import sys
from unittest import TestCase

from test.database.server.storm import Storm

ROUNDS = int(os.environ.get("CRASH_RATE_AGGREGATES_STORM_ROUNDS", "200"))
SEED = int(os.environ.get("CRASH_RATE_AGGREGATES_STORM_SEED", "0")) or secrets.randbelow(1 << 32)


class StormOfTheServerTest(TestCase):
    def test_storm(self):
        """After kills at random moments nothing is left over or lost, and the next one works."""
        print(f"seed {SEED}", file=sys.stderr)  # noqa: T201  A storm that found something can blow again.
        figures = Storm(SEED).blow(ROUNDS)
        print(figures, file=sys.stderr)  # noqa: T201  The figures of the proof.
        self.assertEqual(figures.faults, [])
        self.assertGreaterEqual(figures.killed.total(), ROUNDS)
