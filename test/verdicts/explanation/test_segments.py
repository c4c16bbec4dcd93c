from __future__ import annotations

import unittest

import numpy as np

from crash_rate_aggregates.verdicts.explanation.candidates import candidates
from crash_rate_aggregates.verdicts.explanation.leaves import leaves_from_columns
from crash_rate_aggregates.verdicts.explanation.segments import cuts, subsets_of
from test.verdicts.explanation.small_leaves import squared


def _random_leaves(rows: int = 400) -> tuple[dict[str, list[str]], np.ndarray]:
    random = np.random.default_rng(5)
    columns = {
        name: [f"{name}{i}" for i in random.integers(0, size, rows)]
        for name, size in (("a", 3), ("b", 9), ("c", 40), ("d", 50), ("e", 1))
    }
    return columns, random.integers(0, 12, rows)


class SegmentsTest(unittest.TestCase):
    def test_subsets_keep_pairs_apart(self) -> None:
        """Up to three dimensions; not two of which one says the other; none with one value."""
        columns = {name: ["1", "2"] for name in "abc"} | {"d": ["1", "1"]}
        leaves = leaves_from_columns(columns, [1, 1], [1, 1], [1, 1], [1, 1])
        self.assertEqual(
            subsets_of(leaves, []),
            ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)),
        )
        self.assertEqual(
            subsets_of(leaves, [("c", "a"), ("a", "z")]), ((0,), (1,), (2,), (0, 1), (1, 2))
        )

    def test_a_cut_sums_its_leaves(self) -> None:
        """A subset's groups hold what their leaves hold."""
        (cut,) = cuts(squared(), [(0,)])
        self.assertEqual(cut.sums.crashes_now.tolist(), [400, 200])
        self.assertEqual(cut.sums.hours_before.tolist(), [2000, 2000])

    def test_all_combinations_by_hand(self) -> None:
        """Of two countries by two systems there are eight segments, each with its values."""
        found = candidates(squared(), [])
        self.assertEqual((found.with_past, found.without_past), ((4, 4, 0), (0, 0, 0)))
        segments = found.segments
        sums = {
            tuple(segments.values_of(i).values()): segments.sums.crashes_now[i] for i in range(8)
        }
        self.assertEqual(
            sums,
            {
                ("DE",): 400,
                ("FR",): 200,
                ("Linux",): 200,
                ("Windows",): 400,
                ("DE", "Linux"): 100,
                ("DE", "Windows"): 300,
                ("FR", "Linux"): 100,
                ("FR", "Windows"): 100,
            },
        )
        self.assertEqual(segments.dimension_count().tolist(), [1, 1, 1, 1, 2, 2, 2, 2])

    def test_the_sums_are_those_of_a_plain_count(self) -> None:
        """Every segment of 20 crashes and more is there, with the sum that a plain loop finds."""
        columns, crashes = _random_leaves()
        leaves = leaves_from_columns(columns, crashes, crashes, crashes, crashes)
        segments = candidates(leaves, [("c", "d")]).segments
        found = {
            tuple(segments.values_of(i).items()): segments.sums.crashes_now[i]
            for i in range(len(segments.sums))
        }
        expected: dict[tuple[tuple[str, str], ...], int] = {}
        for row, count in enumerate(crashes):
            for subset in subsets_of(leaves, [("c", "d")]):
                names = [leaves.dimensions[i] for i in subset]
                key = tuple((name, columns[name][row]) for name in names)
                expected[key] = expected.get(key, 0) + count
        self.assertEqual(found, {key: sum_ for key, sum_ in expected.items() if sum_ >= 20})

    def test_sums_over_some_leaves(self) -> None:
        """What is taken out of the segments is the sums over the leaves that go."""
        segments = candidates(squared(), []).segments
        gone = segments.sums_over(np.array([False, True, False, False]))
        self.assertEqual(segments.leaves.codes[1].tolist(), [0, 1])
        self.assertEqual(gone.crashes_now.tolist(), [300, 0, 0, 300, 0, 300, 0, 0])
        self.assertEqual(segments.leaves_of(0).tolist(), [True, True, False, False])

    def test_small_segments_are_counted_but_not_kept(self) -> None:
        """Below 20 crashes a segment cannot compete; a test allows for it all the same."""
        found = candidates(squared(now=(300, 9, 19, 100), before=(100, 0, 100, 100)), [])
        self.assertEqual(len(found.segments.sums), 6)
        self.assertEqual(found.with_past, (4, 4, 0))

    def test_segments_without_a_past_are_counted_apart(self) -> None:
        """With under 1% of the hours that it would have had before, a segment has no past."""
        leaves = squared(before=(0, 100, 100, 100), hours_before=(0, 1000, 1000, 1000))
        found = candidates(leaves, [])
        self.assertEqual((found.with_past, found.without_past), ((4, 3, 0), (0, 1, 0)))


if __name__ == "__main__":
    unittest.main()
