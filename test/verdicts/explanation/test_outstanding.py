from __future__ import annotations

import math
import unittest

import numpy as np

from crash_rate_aggregates.verdicts.explanation.candidates import candidates
from crash_rate_aggregates.verdicts.explanation.explanation import explain
from crash_rate_aggregates.verdicts.explanation.leaves import Leaves, leaves_from_columns
from crash_rate_aggregates.verdicts.explanation.outstanding import outstanding_picks
from crash_rate_aggregates.verdicts.explanation.picking import everything, pick_segments
from crash_rate_aggregates.verdicts.explanation.segment_drifts import Drifts, drifts_outside

_COUNTRIES, _SYSTEMS = 12, 4
_FIRST_ONLY = np.array([1, 0], dtype=np.int32)


def _by_cell(now: np.ndarray) -> Leaves:
    """Return 12 countries by 4 systems with 200 crashes in 1,000 hours each before."""
    countries = np.repeat([f"c{i:02}" for i in range(_COUNTRIES)], _SYSTEMS)
    systems = np.tile([f"s{i}" for i in range(_SYSTEMS)], _COUNTRIES)
    count = _COUNTRIES * _SYSTEMS
    return leaves_from_columns(
        {"country": countries, "os": systems},
        np.full(count, 200.0),
        np.full(count, 1000.0),
        now.ravel(),
        np.full(count, 1000.0),
    )


def _steady() -> np.ndarray:
    return np.full((_COUNTRIES, _SYSTEMS), 200.0)


class OutstandingTest(unittest.TestCase):
    def test_a_country_that_crashes_everywhere(self) -> None:
        """A country with half as many crashes more on every system stands out."""
        now = _steady()
        now[3] = 300
        self.assertEqual(
            [dict(s.values) for s in explain(_by_cell(now), 1).segments], [{"country": "c03"}]
        )

    def test_one_leaf_is_no_country(self) -> None:
        """As many crashes in a single leaf of a country are not laid on the country."""
        now = _steady()
        now[3, 1] = 600
        found = candidates(_by_cell(now), [])
        (first, *_) = pick_segments(found.segments, 1)
        self.assertEqual(
            dict(found.segments.values_of(first.segment)), {"country": "c03", "os": "s1"}
        )
        country = explain(leaves_by_country_and_copy(now), 1)
        self.assertEqual(country.segments, ())

    def test_picks_by_chance_are_put_back(self) -> None:
        """Of picks that do not stand out the drift is measured, so that fewer of them do."""
        now = _steady() * np.exp(0.15 * np.linspace(-1.5, 1.5, _COUNTRIES))[:, None]
        found = candidates(_by_cell(now), [])
        picks = pick_segments(found.segments, 1)
        self.assertGreater(len(picks), 0)
        self.assertEqual(outstanding_picks(picks, found, 1), [])


def leaves_by_country_and_copy(now: np.ndarray) -> Leaves:
    """Return countries whose leaves differ in what no segment may be made of."""
    countries = np.repeat([f"c{i:02}" for i in range(_COUNTRIES)], _SYSTEMS)
    count = _COUNTRIES * _SYSTEMS
    whole = leaves_from_columns(
        {"country": countries, "copy": [str(i) for i in range(count)]},
        np.full(count, 200.0),
        np.full(count, 1000.0),
        now.ravel(),
        np.full(count, 1000.0),
    )
    # With one value said of all, the second dimension makes no segments and still parts leaves.
    return Leaves(
        whole.dimensions, (whole.values[0], ("all",)), whole.codes * _FIRST_ONLY, whole.sums
    )


class DriftsTest(unittest.TestCase):
    def test_the_drift_of_countries_by_hand(self) -> None:
        """Twelve countries of which half rose and half fell by 10% have a variance of 0.01."""
        change = np.exp(np.where(np.arange(_COUNTRIES) % 2, 0.1, -0.1))
        now = 10 * _steady() * np.repeat(change[:, np.newaxis], _SYSTEMS, axis=1)
        leaves = _by_cell(now)
        segments = candidates(leaves, []).segments
        drifts = drifts_outside(segments, everything(segments), 1)
        self.assertEqual(drifts.freedom.tolist(), [11, 3])
        # Systems moved alike: below 0 by what counts alone would let them differ.
        crashes = now.sum() / 4
        by_counts = 1 / crashes + 1 / (3 * crashes) + 1 / 7200 + 1 / 2410
        self.assertAlmostEqual(drifts.own[1], -by_counts, places=12)
        up, down = 8000 * math.exp(0.1), 8000 * math.exp(-0.1)
        rest = {up: 5 * up + 6 * down, down: 6 * up + 5 * down}
        d = {x: math.log(x / 800) - math.log(rest[x] / 8800) for x in (up, down)}
        w = {x: 1 / (1 / x + 1 / rest[x] + 1 / 8800 + 1 / 810) for x in (up, down)}
        total, squares = 6 * (w[up] + w[down]), 6 * (w[up] ** 2 + w[down] ** 2)
        mean = (w[up] * d[up] + w[down] * d[down]) / (w[up] + w[down])
        q = 6 * (w[up] * (d[up] - mean) ** 2 + w[down] * (d[down] - mean) ** 2)
        self.assertAlmostEqual(drifts.own[0], (q - 11) / (total - squares / total), places=9)
        self.assertAlmostEqual(drifts.own[0], 0.01, delta=0.003)

    def test_a_segment_has_the_drifts_of_its_dimensions(self) -> None:
        """Each is weighed with the mean of all, by its degrees of freedom and five, and added."""
        drifts = Drifts(np.array([0.01, 0.04]), np.array([15.0, 5.0]))
        # The mean is (15 x 0.01 + 5 x 0.04)/20 = 0.0175.
        first, second = (0.15 + 5 * 0.0175) / 20, (0.2 + 5 * 0.0175) / 10
        self.assertAlmostEqual(drifts.for_tests([0]), first, places=12)
        self.assertAlmostEqual(drifts.for_tests([1]), second, places=12)
        self.assertAlmostEqual(drifts.for_tests([0, 1]), first + second, places=12)

    def test_limits_have_what_is_usual(self) -> None:
        """For limits a dimension below 0 lowers the mean, and n values count (n - 1)^2/n^2."""
        drifts = Drifts(np.array([0.04, -0.01]), np.array([1.0, 1.0]))
        # 0.01 and -0.0025, whose mean is 0.00375.
        first = (0.01 + 5 * 0.00375) / 6
        second = (-0.0025 + 5 * 0.00375) / 6
        self.assertAlmostEqual(drifts.for_limits([0]), first, places=12)
        self.assertAlmostEqual(drifts.for_limits([1]), second, places=12)
        self.assertAlmostEqual(drifts.for_tests([1]), 5 * 0.02 / 6, places=12)
        steady = Drifts(np.array([-0.04, 0.01]), np.array([1.0, 1.0]))
        self.assertEqual(steady.for_limits([0]), 0)

    def test_a_dimension_that_tells_nothing_drifts_as_the_others(self) -> None:
        """Without two values that are large enough a dimension has the mean of all."""
        drifts = Drifts(np.array([0.02, 0.0]), np.array([20.0, 0.0]))
        self.assertAlmostEqual(drifts.for_tests([1]), 0.02, places=12)
        self.assertEqual(Drifts(np.zeros(2), np.zeros(2)).for_tests([0, 1]), 0)


if __name__ == "__main__":
    unittest.main()
