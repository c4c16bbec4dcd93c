from __future__ import annotations

import unittest

import numpy as np

from crash_rate_aggregates.verdicts.releases.version_days import hours_submitted
from test.verdicts.releases.worked_verdict import FIRST_DAY, version_of


class VersionDaysTest(unittest.TestCase):
    def setUp(self) -> None:
        self.version = version_of([[100.0], [200.0]], [[10.0], [30.0]], shares=(0.5, 0.3, 0.2))

    def test_stored_lags(self) -> None:
        """An age is known of a submission date more each evening from its own day on, 8 at most."""
        self.assertEqual(self.version.stored_lags(FIRST_DAY - 1).tolist(), [0, 0])
        self.assertEqual(self.version.stored_lags(FIRST_DAY).tolist(), [1, 0])
        self.assertEqual(self.version.stored_lags(FIRST_DAY + 2).tolist(), [3, 2])
        self.assertEqual(self.version.stored_lags(FIRST_DAY + 9).tolist(), [8, 8])

    def test_within(self) -> None:
        """Sums hold what came by the number of submission dates that each age has."""
        sums = self.version.within(np.array([0, 1]), np.array([2, 1]))
        np.testing.assert_allclose(sums.hours, [[80.0], [100.0]])
        np.testing.assert_allclose(sums.crashes, [[8.0], [15.0]])

    def test_ages_that_are_not_held(self) -> None:
        """Of ages before the first day or beyond the last one held there is nothing."""
        sums = self.version.within(np.array([-1, 1, 2]), np.array([8, 8, 8]))
        np.testing.assert_allclose(sums.hours, [[0.0], [200.0], [0.0]])

    def test_hours_submitted(self) -> None:
        """What came on one submission date is of several activity dates."""
        self.assertAlmostEqual(hours_submitted(self.version, FIRST_DAY, 14), 50.0)
        self.assertAlmostEqual(hours_submitted(self.version, FIRST_DAY + 1, 14), 130.0)
        self.assertAlmostEqual(hours_submitted(self.version, FIRST_DAY + 1, 1), 30.0)
        self.assertEqual(hours_submitted(self.version, FIRST_DAY + 30, 14), 0.0)
