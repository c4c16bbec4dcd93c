from __future__ import annotations

import csv
import json
import math
import os
import unittest
from itertools import product
from pathlib import Path

import numpy as np
from scipy import stats

from crash_rate_aggregates.verdicts.explanation.candidates import candidates
from crash_rate_aggregates.verdicts.explanation.explanation import Explanation, explain
from crash_rate_aggregates.verdicts.explanation.leaves import Leaves, leaves_from_columns
from crash_rate_aggregates.verdicts.explanation.log_tail import z_of_log_tail
from crash_rate_aggregates.verdicts.explanation.outstanding import limit_factor, log_tail
from crash_rate_aggregates.verdicts.explanation.picking import everything, pick_segments
from crash_rate_aggregates.verdicts.explanation.segment_drifts import drifts_outside
from test.verdicts.explanation.small_leaves import HOURS, squared

_FOLDER = "CRASH_RATE_AGGREGATES_STATISTICS"
_MEASURES = ("crashes_before", "hours_before", "crashes_now", "hours_now")
_APART = (("version", "build"), ("os", "os_version"))


class ExplanationTest(unittest.TestCase):
    def test_a_spike_by_hand(self) -> None:
        """DE Windows crashes 300 times where its past and the rest's let expect 100."""
        found = explain(squared(), 1)
        (segment,) = found.segments
        self.assertEqual(segment.values, {"country": "DE", "os_name": "Windows"})
        # (100 + 10) / (1000 + 10 / .1) crashes an hour; the rest's rate has not changed.
        self.assertAlmostEqual(segment.expected, 100, places=9)
        self.assertEqual(segment.crashes, 300)
        self.assertAlmostEqual(segment.excess, 200, places=9)
        self.assertAlmostEqual(segment.share or 0, 1, places=9)
        self.assertAlmostEqual(segment.ratio, 3, places=9)
        half = 1.96 * math.sqrt(1 / 300 + 1 / 110 + 1 / 300 + 1 / 300 + 0.02**2)
        self.assertAlmostEqual(segment.lower, 3 * math.exp(-half), places=9)
        self.assertAlmostEqual(segment.upper, 3 * math.exp(half), places=9)
        # Mean 100 and variance 100 + 100^2/110: size 110, probability 110/210.
        tail = stats.nbinom.logsf(299, 110, 110 / 210)
        self.assertAlmostEqual(stats.norm.logsf(segment.z), tail, places=6)
        self.assertFalse(segment.is_new)

    def test_the_whole_by_hand(self) -> None:
        """600 crashes in 4,000 hours after 400 in as many are an excess of 200."""
        found = explain(squared(), 1)
        self.assertAlmostEqual(found.excess, 200, places=9)
        self.assertEqual((found.rate_before, found.rate_now), (100, 150))
        self.assertEqual((found.candidates, found.candidates_without_past), (8, 0))

    def test_bursts_make_less_of_a_spike(self) -> None:
        """The same crashes by few clients each stand out less, and at last not at all."""
        (alone,), (bursts,) = (explain(squared(), phi).segments for phi in (1, 3))
        self.assertGreater(alone.z, bursts.z)
        self.assertLess(bursts.lower, alone.lower)
        self.assertEqual(explain(squared(), 40).segments, ())

    def test_nothing_stands_out(self) -> None:
        """Where all rates rise alike no segment is named, however far they rise."""
        for now in ((100,) * 4, (300,) * 4, (101, 99, 98, 102)):
            with self.subTest(now=now):
                self.assertEqual(explain(squared(now), 1).segments, ())

    def test_without_rates_there_is_nothing_to_compare(self) -> None:
        """Without crashes before, or now, there is no segment and no error."""
        for before, now in (((0,) * 4, (100,) * 4), ((100,) * 4, (0,) * 4)):
            with self.subTest(before=before):
                found = explain(squared(now, before), 1)
                self.assertEqual((found.segments, found.candidates), ((), 0))
                self.assertEqual(found.excess, sum(now) - (sum(before)))

    def test_a_new_build_is_compared_with_the_common_rate(self) -> None:
        """A build without hours before is expected at the rate of all; its interval is wide."""
        leaves = leaves_from_columns(
            {"build_id": ["1", "2", "3"]},
            [1000, 1000, 0],
            [10_000, 10_000, 0],
            [900, 900, 900],
            [9_000, 9_000, 2_000],
        )
        (segment,) = explain(leaves, 1).segments
        self.assertEqual(segment.values, {"build_id": "3"})
        self.assertTrue(segment.is_new)
        self.assertAlmostEqual(segment.expected, 200, places=9)
        half = 1.96 * math.sqrt(1 / 900 + 1 / 1800 + 1 / 2000 + 0.3**2 + 0.02**2)
        self.assertAlmostEqual(segment.upper, 4.5 * math.exp(half), places=9)

    def test_crashes_without_hours_do_not_compete(self) -> None:
        """A segment that has crashes and never hours has no rate, and is not named."""
        leaves = leaves_from_columns(
            {"country": ["DE", "FR", None]},
            [100, 100, 1],
            [1000, 1000, 0],
            [100, 100, 500],
            [1000, 1000, 0],
        )
        self.assertEqual(explain(leaves, 1).segments, ())

    def test_two_spikes_are_two_segments(self) -> None:
        """Two segments that have nothing in common are both named, the larger excess first."""
        found = _grid({("c1", "s1"): 4, ("c5", "s3"): 3})
        self.assertEqual(
            [dict(segment.values) for segment in found.segments],
            [{"country": "c1", "os": "s1"}, {"country": "c5", "os": "s3"}],
        )
        first, second = found.segments
        self.assertGreater(first.excess, second.excess)
        self.assertAlmostEqual(first.ratio, 4, delta=0.5)
        self.assertAlmostEqual((first.share or 0) + (second.share or 0), 1, delta=0.05)

    def test_the_shorter_name_of_the_same_crashes_wins(self) -> None:
        """A country that has one build only is named without it."""
        columns = {"country": ["DE", "FR", "PL", "IT"], "build": ["1", "2", "2", "2"]}
        leaves = leaves_from_columns(
            columns, [100] * 4, [1000] * 4, [400, 100, 100, 100], [1000] * 4
        )
        (segment,) = explain(leaves, 1).segments
        self.assertEqual(segment.values, {"country": "DE"})

    def test_drifting_countries_are_no_spike(self) -> None:
        """A country that rose by 30% stands out where all others are steady, not among drifting."""
        drift = np.exp(0.15 * np.linspace(-2, 2, 40))
        for factor, names in ((drift, []), (np.ones(40), [{"country": "c00"}])):
            now = np.round(5000 * factor)
            now[0] = 6500
            leaves = leaves_from_columns(
                {"country": [f"c{i:02}" for i in range(40)]},
                [5000] * 40,
                [HOURS] * 40,
                now,
                [HOURS] * 40,
            )
            found = explain(leaves, 1)
            self.assertEqual([dict(segment.values) for segment in found.segments], names)

    def test_scaling_hours_changes_nothing_but_rates(self) -> None:
        """Hours in other units give the same segments, ratios and shares."""
        one = explain(squared(), 1)
        leaves = leaves_from_columns(
            {"country": ["DE", "DE", "FR", "FR"], "os_name": ["Windows", "Linux"] * 2},
            [100] * 4,
            [HOURS * 60] * 4,
            [300, 100, 100, 100],
            [HOURS * 60] * 4,
        )
        other = explain(leaves, 1)
        for name in ("crashes", "expected", "share", "ratio", "lower", "upper", "z"):
            value, scaled = (getattr(found.segments[0], name) for found in (one, other))
            self.assertAlmostEqual(value, scaled, places=9)

    def test_a_spike_far_beyond_probabilities(self) -> None:
        """A spike whose tail lies below 1e-300 still has its z."""
        found = explain(squared(now=(90_000, 1000, 1000, 1000), before=(1000,) * 4), 1)
        (segment,) = found.segments
        self.assertGreater(segment.z, 60)
        self.assertTrue(math.isfinite(segment.z))


def _grid(ratios: dict[tuple[str, str], float]) -> Explanation:
    """Explain 20 countries by 5 systems with the same hours, where some crash more."""
    cells = list(product([f"c{i}" for i in range(20)], [f"s{i}" for i in range(5)]))
    leaves = leaves_from_columns(
        {"country": [country for country, _ in cells], "os": [system for _, system in cells]},
        [100] * len(cells),
        [HOURS] * len(cells),
        [100 * ratios.get(cell, 1) for cell in cells],
        [HOURS] * len(cells),
    )
    return explain(leaves, 1)


def _stored_leaves(folder: Path) -> Leaves:
    with (folder / "leaves.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {name: [row[name] for row in rows] for name in rows[0] if name not in _MEASURES}
    measures = ([float(row[name]) for row in rows] for name in _MEASURES)
    return leaves_from_columns(columns, *measures)


# Defined only where the folder is at hand, so that no run skips it.
if _FOLDER in os.environ:

    class WorkedExplanationTest(unittest.TestCase):
        def setUp(self) -> None:
            folder = Path(os.environ[_FOLDER])
            worked = json.loads((folder / "worked.json").read_text("utf-8"))
            (self.answer,) = worked["explanation"]["answers"]
            self.leaves = _stored_leaves(folder)

        def test_the_segment(self) -> None:
            """On 3,000 leaves of eight dimensions segment, excess and ratio are the worked ones."""
            found = explain(self.leaves, 3, _APART, weighs_hours=False)
            (segment,) = found.segments
            values = {name: int(value) for name, value in segment.values.items() if value}
            self.assertEqual(values, self.answer["segment"])
            self.assertEqual(segment.is_new, self.answer["new"])
            self.assertEqual(found.candidates, self.answer["candidates"])
            for name in ("crashes", "expected", "excess", "share", "ratio"):
                self._assert_worked(getattr(segment, name), name)

        def test_the_test(self) -> None:
            """With the drifts of its dimensions outside of all picks, z and limits are, too."""
            segments = candidates(self.leaves, _APART).segments
            picks = pick_segments(segments, 3)
            taken = np.logical_or.reduce([pick.leaves for pick in picks])
            left = everything(segments).without(segments, taken)
            drifts = drifts_outside(segments, left, 3)
            # The worked figures take dimensions of two values for steady, and shrink none.
            own = dict(zip(self.leaves.dimensions, drifts.own, strict=True))
            drift = own["version"] + own["country"]
            first = picks[0]
            tail = log_tail(first, first.crashes, drift, 3)
            self._assert_worked(z_of_log_tail(tail), "z")
            factor = limit_factor(first, drift)
            self._assert_worked(self.answer["ratio"] / factor, "lower")
            self._assert_worked(self.answer["ratio"] * factor, "upper")

        def _assert_worked(self, value: float, name: str) -> None:
            self.assertLess(abs(value / self.answer[name] - 1), 1e-6, name)


if __name__ == "__main__":
    unittest.main()
