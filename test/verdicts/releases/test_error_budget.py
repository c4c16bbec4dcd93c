from __future__ import annotations

import unittest

from crash_rate_aggregates.verdicts.releases.error_budget import Share, alpha_for


class AlphaTest(unittest.TestCase):
    def test_release(self) -> None:
        """Two releases a month have 0.1 each for main or content crashes; fewer have no more."""
        self.assertEqual(alpha_for(Share.HEADLINE, 2, on_release=True), 0.1)
        self.assertEqual(alpha_for(Share.HEADLINE, 0.5, on_release=True), 0.1)
        self.assertAlmostEqual(alpha_for(Share.BESIDE, 2, on_release=True), 0.02)

    def test_other_channels(self) -> None:
        """Thirteen betas share a fourth of what releases share."""
        self.assertAlmostEqual(alpha_for(Share.HEADLINE, 13, on_release=False), 0.05 / 13)

    def test_kinds_that_share(self) -> None:
        """Eight kinds with one budget have an eighth each."""
        alpha = alpha_for(Share.BESIDE, 2, on_release=True, sharing=8)
        self.assertAlmostEqual(alpha, 0.02 / 8)

    def test_dot_release(self) -> None:
        """A planned dot release has a tenth."""
        alpha = alpha_for(Share.HEADLINE, 2, on_release=True, is_dot_release=True)
        self.assertAlmostEqual(alpha, 0.01)
