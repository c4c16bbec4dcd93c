from __future__ import annotations

import json
import unittest
from datetime import date

from crash_rate_aggregates.assess.watch_states import state_of, stored_state
from crash_rate_aggregates.verdicts.watch.alarms import WatchState
from crash_rate_aggregates.verdicts.watch.level import Level


class WatchStatesTest(unittest.TestCase):
    def test_there_and_back(self) -> None:
        """A state is the same after it was JSON."""
        level = Level(1.25, (0.1, 0.0, -0.1, 0.0, 0.05, -0.05, 0.0), 0.0025)
        state = WatchState(
            date(2026, 11, 11), level, (date(2026, 10, 1), date(2026, 10, 2)), date(2026, 10, 9)
        )
        for one in (state, WatchState()):
            self.assertEqual(state_of(json.loads(json.dumps(stored_state(one)))), one)

    def test_first_evening(self) -> None:
        """Where nothing is stored it is the state of a first evening."""
        self.assertEqual(state_of(None), WatchState())
