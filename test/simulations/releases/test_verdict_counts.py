from __future__ import annotations

import unittest
from dataclasses import replace

import numpy as np

from crash_rate_aggregates.verdicts.releases.looks import decisive_contrast
from simulations.releases.channel_worlds import BETA, RELEASE
from simulations.releases.verdict_counts import (
    equal_age_alone,
    false_verdicts,
    found_verdicts,
    tried_method,
)


class VerdictCountsTest(unittest.TestCase):
    def test_doubled_release(self) -> None:
        """A release with twice the crashes is worse on its first evening, and stays so."""
        for seed in range(3):
            with self.subTest(seed=seed):
                rng = np.random.default_rng(seed)
                counts = found_verdicts(RELEASE, 2.0, decisive_contrast, rng)
                self.assertEqual(counts["found on day 0"], (1.0, 1.0))
                self.assertEqual(counts["stays worse"], (1.0, 1.0))

    def test_equal_versions(self) -> None:
        """Of two releases and a month of betas, so many are judged as make a part of a month."""
        few = tuple(replace(world, pairs=4) for world in (RELEASE, BETA))
        counts = false_verdicts(few, decisive_contrast, np.random.default_rng(3))
        self.assertEqual(counts["false worse a month, release"][1], 0.5)
        self.assertAlmostEqual(counts["false worse a month, beta"][1], 2 / 13)
        self.assertEqual(counts["false worse a month"][1], 1.0)

    def test_other_methods(self) -> None:
        """Another way to compare is counted likewise, on the same draws."""
        counts = [
            tried_method(RELEASE, method, np.random.default_rng(3))
            for method in (decisive_contrast, equal_age_alone)
        ]
        for one in counts:
            self.assertLessEqual(one["found on day 0"][0], one["found on day 7"][0])
