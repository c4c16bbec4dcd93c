from __future__ import annotations

import math
import unittest
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.judged import (
    State,
    anytime_half_width,
    data_problem,
    judge,
)
from test import property_tests
from test.verdicts.releases.worked_verdict import contrast_of, worked_verdicts

_ = property_tests
VARIANCES = st.floats(1e-6, 10)
ALPHAS = st.floats(0.001, 0.1)


class JudgeTest(unittest.TestCase):
    def test_worked_numbers(self) -> None:
        """The half-width, the state and the hours needed are those worked out."""
        for worked in worked_verdicts():
            with self.subTest(log_ratio=worked["log_ratio"]):
                contrast = Contrast(
                    worked["log_ratio"],
                    worked["variance"],
                    worked["systematic_sd"],
                    worked["df"],
                    42_000.0,
                    120.0,
                    10_000.0,
                    Method.SAME_DAYS,
                )
                judged = judge(contrast, worked["alpha"])
                assert judged.anytime_half_width
                assert judged.hours_needed
                assert judged.upper
                self.assertIs(judged.state, State.NOT_ENOUGH_DATA)
                self.assertAlmostEqual(judged.anytime_half_width, worked["anytime"], delta=1e-6)
                self.assertAlmostEqual(
                    math.log(judged.upper) - worked["log_ratio"],
                    worked["half_width"],
                    delta=1e-6,
                )
                self.assertAlmostEqual(
                    judged.hours_needed / worked["hours_needed"], 1.0, delta=1e-6
                )
                self.assertEqual(judged.days_needed, judged.hours_needed / 10_000.0)
                self.assertEqual(judged.level, 0.8)

    def test_states(self) -> None:
        """A contrast is worse, better, no change, in need of data, or beyond what can be told."""
        for contrast, state in (
            (contrast_of(0.2), State.WORSE),
            (contrast_of(-0.2), State.BETTER),
            (contrast_of(0.01), State.NO_CHANGE),
            (contrast_of(-0.01), State.NO_CHANGE),
            (contrast_of(0.01, 0.01), State.NOT_ENOUGH_DATA),
            (contrast_of(0.01, 0.01, 0.15), State.CANNOT_TELL),
        ):
            with self.subTest(state=state):
                self.assertIs(judge(contrast, 0.1).state, state)

    def test_no_contrast(self) -> None:
        """Without anything in common nothing is said, not even how much is missing."""
        judged = judge(None, 0.1)
        self.assertIs(judged.state, State.NOT_ENOUGH_DATA)
        self.assertIsNone(judged.hours_needed)
        self.assertIsNone(judged.ratio)

    def test_between(self) -> None:
        """Where limits are narrow but hold both no change and the change, more data are asked."""
        judged = judge(contrast_of(0.09, 0.0012), 0.1)
        self.assertIs(judged.state, State.NOT_ENOUGH_DATA)
        assert judged.hours_needed
        enough = 1 + judged.hours_needed / 42_000.0
        settled = replace(contrast_of(0.09), variance=0.0012 / enough * 0.999)
        self.assertIn(judge(settled, 0.1).state, (State.WORSE, State.NO_CHANGE))

    def test_another_change(self) -> None:
        """Against a change of 5%, more data are needed than against 20%."""
        contrast = contrast_of(0.0, 0.0005, 0.01)
        self.assertIs(judge(contrast, 0.1, 0.2).state, State.NO_CHANGE)
        self.assertIs(judge(contrast, 0.1, 0.05).state, State.NOT_ENOUGH_DATA)

    def test_without_adoption(self) -> None:
        """When no hours come any more, nobody knows how many days it takes."""
        judged = judge(contrast_of(0.01, 0.01, daily_hours=0.0), 0.1)
        self.assertIsNotNone(judged.hours_needed)
        self.assertIsNone(judged.days_needed)

    def test_data_problem(self) -> None:
        """Counts that are not to be trusted are not judged."""
        judged = data_problem("8 November is stored by half")
        self.assertIs(judged.state, State.DATA_PROBLEM)
        self.assertIsNone(judged.ratio)

    @given(st.floats(-1, 1), VARIANCES, ALPHAS)
    def test_swapped(self, log_ratio: float, variance: float, alpha: float) -> None:
        """The opposite contrast is judged the opposite, with inverse limits."""
        opposite = {State.WORSE: State.BETTER, State.BETTER: State.WORSE}
        one, other = (judge(contrast_of(sign * log_ratio, variance), alpha) for sign in (1, -1))
        self.assertIs(other.state, opposite.get(one.state, one.state))
        assert one.lower
        assert other.upper
        self.assertAlmostEqual(one.lower * other.upper, 1.0)

    @given(VARIANCES, st.floats(1.01, 100), ALPHAS)
    def test_more_data_narrow(self, variance: float, times: float, alpha: float) -> None:
        """A smaller variance has a smaller half-width."""
        self.assertLess(
            anytime_half_width(variance / times, alpha), anytime_half_width(variance, alpha)
        )

    @given(st.floats(1e-3, 0.5), ALPHAS)
    def test_hours_needed_are_enough(self, variance: float, alpha: float) -> None:
        """With the hours that were asked for, equal versions are found to be equal."""
        judged = judge(contrast_of(0.0, variance), alpha)
        if judged.hours_needed is not None:
            enough = 1 + judged.hours_needed / 42_000.0
            later = judge(contrast_of(0.0, variance / enough * 0.999), alpha)
            self.assertIs(later.state, State.NO_CHANGE)
