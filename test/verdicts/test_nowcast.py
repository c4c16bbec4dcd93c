from __future__ import annotations

import math
import unittest
from dataclasses import astuple, replace

import numpy as np

from crash_rate_aggregates.verdicts.delays import COMPLETE, Delay, fit_delay
from crash_rate_aggregates.verdicts.nowcast import Nowcast, NowcastState, nowcast
from test.worked_numbers import HAS_WORKED_NUMBERS, delay_matrix, worked

_DELAY = Delay(
    frozenset({0}),
    (0.2,) * 7,
    (0.8,) * 7,
    (0.65,) * 7,
    0.0004,
    newest_residual=0,
    newest_variance=1,
)


class NowcastTest(unittest.TestCase):
    def test_by_hand(self) -> None:
        """The rate so far is divided by its bias; the limits are those of what is still to come."""
        found = nowcast(_DELAY, 2, 30_000, 6e6, 3.0)
        rate = 5 * math.exp(-0.2)
        half = 1.959963984540054 * math.sqrt(3 * 0.2 / 30_000 + 0.0004)
        assert found.final is not None
        assert found.expected is not None
        self.assertEqual(found.state, NowcastState.PROVISIONAL)
        self.assertAlmostEqual(found.rate or 0, rate, places=12)
        np.testing.assert_allclose(
            astuple(found.final), (rate, rate * math.exp(-half), rate * math.exp(half)), rtol=1e-12
        )
        # Of 30,000 crashes the count's limits are nearly normal: sd sqrt(3/30,000).
        wide = 1.959963984540054 * math.sqrt(3 / 30_000 + 0.0004)
        self.assertAlmostEqual(math.log(found.expected.upper / rate), wide, places=3)
        self.assertEqual((found.crash_completeness, found.hour_completeness), (0.8, 0.65))

    def test_level_of_the_channel(self) -> None:
        """With the channel's variation the expected rate is about its level, and wider."""
        day, level = (nowcast(_DELAY, 2, 30_000, 6e6, 3.0, tau=tau) for tau in (0.0, 0.05))
        assert day.expected is not None
        assert level.expected is not None
        self.assertLess(level.expected.lower, day.expected.lower)
        self.assertEqual(level.final, day.final)

    def test_states(self) -> None:
        """What has come too little of, or says too little, is too early."""
        few_hours = replace(_DELAY, hour_completeness=(0.49,) * 7)
        few_crashes = replace(_DELAY, crash_completeness=(0.49,) * 7)
        for told, crashes, state in (
            (_DELAY, 30_000, NowcastState.PROVISIONAL),
            (few_hours, 30_000, NowcastState.TOO_EARLY),
            (few_crashes, 30_000, NowcastState.TOO_EARLY),
            (_DELAY, 100, NowcastState.TOO_EARLY),
            (_DELAY, 0, NowcastState.TOO_EARLY),
            (COMPLETE, 0, NowcastState.COMPLETE),
        ):
            with self.subTest(crashes=crashes, state=state):
                self.assertEqual(nowcast(told, 0, crashes, 6e6, 3.0).state, state)

    def test_complete(self) -> None:
        """A complete date has the rate that was counted, and nothing is still to come."""
        found = nowcast(COMPLETE, 0, 12, 4000, 2.0, tau=0.05)
        assert found.final is not None
        assert found.expected is not None
        self.assertEqual(astuple(found.final), (3.0, 3.0, 3.0))
        np.testing.assert_allclose(
            astuple(found.expected), (3.0, 1.0956985393658347, 6.5700163099800495), rtol=1e-9
        )

    def test_unknown(self) -> None:
        """Without anything known of delays nothing is said."""
        unknown = Nowcast(NowcastState.UNKNOWN, None, None, None, None, None)
        self.assertEqual(nowcast(None, 0, 12, 4000, 2.0), unknown)

    def test_no_hours(self) -> None:
        """Without hours there is no rate; completeness is known all the same."""
        found = nowcast(_DELAY, 0, 12, 0, 2.0)
        self.assertEqual(found, Nowcast(NowcastState.TOO_EARLY, None, None, None, 0.8, 0.65))


if HAS_WORKED_NUMBERS:

    class WorkedNowcastTest(unittest.TestCase):
        def test_worked_file(self) -> None:
            """The corrected rates of days 0 to 3 and their limits are those of the worked file."""
            hours, crashes = delay_matrix("usage_hours"), delay_matrix("main_crashes")
            weekdays = np.arange(70) % 7
            for one in worked("nowcast")["answers"]:
                day, lags = one["activity_day"], range(one["days_late"] + 1)
                delay = fit_delay(hours[2:58], crashes[2:58], weekdays[2:58], 3.0, lags)
                found = nowcast(delay, day % 7, one["crashes_so_far"], one["hours_so_far"], 3.0)
                assert found.expected is not None
                assert found.final is not None
                np.testing.assert_allclose(astuple(found.expected), one["expected"], rtol=1e-9)
                np.testing.assert_allclose(astuple(found.final), one["final"], rtol=1e-9)


if __name__ == "__main__":
    unittest.main()
