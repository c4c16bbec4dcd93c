"""A storm of kills over the commands that fill, drop and migrate days: about twenty minutes.

CRASH_RATE_AGGREGATES_STORM_ROUNDS says how many kills, CRASH_RATE_AGGREGATES_STORM_SEED which.
"""

from __future__ import annotations

import os
import secrets
import sys
from unittest import TestCase

from test.job.storm_of_days import DayFigures, StormOfDays

KILLS = int(os.environ.get("CRASH_RATE_AGGREGATES_STORM_ROUNDS", "200"))
SEED = int(os.environ.get("CRASH_RATE_AGGREGATES_STORM_SEED", "0")) or secrets.randbelow(1 << 32)

ROUNDS_A_LINE = 20


def tell(figures: DayFigures) -> None:
    """Print the figures now and then: the storm takes its time."""
    if figures.rounds % ROUNDS_A_LINE == 0:
        print(figures, figures.faults, file=sys.stderr, flush=True)  # noqa: T201  It is long.


class StormOfDaysTest(TestCase):
    """Kills of the command, its workers, and the server's sessions, helpers, parent and watcher."""

    def test_storm(self):
        """Each day is the old or the new, nothing is left over, and the next command answers."""
        print(f"seed {SEED}", file=sys.stderr)  # noqa: T201  A storm that found something can blow again.
        figures = StormOfDays(SEED).blow(KILLS, told=tell)
        print(figures, file=sys.stderr)  # noqa: T201  The figures of the proof.
        self.assertEqual(figures.faults, [])
