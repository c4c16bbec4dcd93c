from __future__ import annotations

import math
import unittest

import numpy as np

from crash_rate_aggregates.verdicts.arrays import LAGS
from crash_rate_aggregates.verdicts.releases.looks import Channel
from crash_rate_aggregates.verdicts.releases.same_days import EarlierPairs, Pair
from crash_rate_aggregates.verdicts.releases.version_days import VersionDays
from simulations.releases.own_window import own_window

CHANNEL = Channel(3.0, 0.0, np.zeros(7))
GAP = 14


def version(number: int, factor: float = 1.0) -> VersionDays:
    """Return a version that crashes more by half in its first week, all of whose days are in."""
    hours = np.zeros((28, LAGS, 1))
    hours[:, 0] = 1e6
    rates = np.where(np.arange(28) < 7, 1.5e-3, 1e-3) * factor
    return VersionDays(700_000 + GAP * number, hours, hours * rates[:, np.newaxis, np.newaxis])


class OwnWindowTest(unittest.TestCase):
    def test_stable_excess(self) -> None:
        """Where all versions have the same excess, it is expected, and a worse one stands out."""
        versions = [version(number) for number in range(6)]
        earlier = EarlierPairs([Pair(versions[one], versions[one - 1]) for one in range(4, 0, -1)])
        for factor in (1.0, 1.3):
            for window in ((7, 13), (21, 27)):
                with self.subTest(factor=factor, window=window):
                    pair = Pair(version(5, factor), versions[4])
                    found = own_window(
                        pair,
                        earlier,
                        CHANNEL,
                        pair.new.first_day + 3,
                        0.1,
                        window=window,
                        both_sides=False,
                    )
                    assert found
                    self.assertAlmostEqual(found.log_ratio, math.log(factor))

    def test_too_few_versions(self) -> None:
        """Fewer than three versions whose own week is over tell nothing."""
        pair = Pair(version(1), version(0))
        self.assertIsNone(
            own_window(
                pair,
                EarlierPairs([]),
                CHANNEL,
                pair.new.first_day,
                0.1,
                window=(7, 13),
                both_sides=True,
            )
        )
