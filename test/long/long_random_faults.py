"""Two hundred faults of drivers and of the system, drawn at random: a hundred of them in runs."""

from __future__ import annotations

import unittest

from test.cli.random_faults import hold_under_faults
from test.cli.test_unforeseen import FaultsTest


class RandomFaultsTest(FaultsTest):
    def test_random_faults_of_questions(self) -> None:
        """Of a hundred faults while something is asked, none ends in a traceback."""
        hold_under_faults(self, self.commands, 100, seed=2016)

    def test_random_faults_of_runs(self) -> None:
        """Of a hundred faults while a day is run, none ends in a traceback."""
        hold_under_faults(self, [self.run_day], 100, seed=2016)


del FaultsTest  # Or its own, short tests would run here too.

if __name__ == "__main__":
    unittest.main()
