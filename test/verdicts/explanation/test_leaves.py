from __future__ import annotations

import unittest

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.verdicts.explanation.leaves import leaves_from_columns, mixed_radix
from test import property_tests

_TEXT = st.one_of(st.none(), st.sampled_from(["a", "b", "c"]))
_ROWS = st.lists(st.tuples(_TEXT, _TEXT, st.integers(0, 9)), min_size=1, max_size=20)


class LeavesTest(unittest.TestCase):
    def test_values_are_coded_in_the_order_of_texts(self) -> None:
        """The codes of a dimension follow its texts in order, None before all of them."""
        leaves = leaves_from_columns(
            {"os": ["b", None, "a"]}, [1, 2, 3], [0] * 3, [4, 5, 6], [0] * 3
        )
        self.assertEqual(leaves.dimensions, ("os",))
        self.assertEqual(leaves.values, ((None, "a", "b"),))
        self.assertEqual(leaves.codes.tolist(), [[0], [1], [2]])
        self.assertEqual(leaves.sums.crashes_before.tolist(), [2, 3, 1])
        self.assertEqual(leaves.sums.crashes_now.tolist(), [5, 6, 4])

    def test_equal_rows_are_one_leaf(self) -> None:
        """Rows with the same values, absent ones too, add up to one leaf."""
        columns = {"os": ["a", None, "a", None], "country": ["DE", "DE", "DE", "DE"]}
        leaves = leaves_from_columns(columns, [1, 2, 3, 4], [10, 20, 30, 40], [0, 1, 0, 1], [0] * 4)
        self.assertEqual(leaves.codes.tolist(), [[0, 0], [1, 0]])
        self.assertEqual(leaves.sums.crashes_before.tolist(), [6, 4])
        self.assertEqual(leaves.sums.hours_before.tolist(), [60, 40])
        self.assertEqual(leaves.sums.crashes_now.tolist(), [2, 0])

    def test_columns_are_taken_in_many_forms(self) -> None:
        """Lists, object arrays, Arrow arrays, chunked and dictionary-encoded ones are the same."""
        texts = ["b", None, "a"]
        forms = [
            texts,
            np.array(texts, dtype=object),
            pa.array(texts),
            pa.chunked_array([["b", None], ["a"]]),
            pa.array(texts).dictionary_encode(),
        ]
        for form in forms:
            with self.subTest(form=type(form)):
                leaves = leaves_from_columns({"os": form}, [1, 2, 3], [0] * 3, [0] * 3, [0] * 3)
                self.assertEqual(leaves.values, ((None, "a", "b"),))
                self.assertEqual(leaves.sums.crashes_before.tolist(), [2, 3, 1])

    def test_what_does_not_fit_is_refused(self) -> None:
        """Columns of other lengths, negative counts and what is no number raise."""
        faults: list[tuple[list[float], list[float]]] = [
            ([1, 2], [0]),
            ([-1], [0]),
            ([float("nan")], [0]),
            ([1], [0, 0]),
        ]
        for crashes, hours in faults:
            with self.subTest(crashes=crashes, hours=hours), self.assertRaises(ValueError):
                leaves_from_columns({"os": ["a"]}, crashes, hours, [0], [0])

    def test_more_keys_than_64_bits(self) -> None:
        """Ten dimensions of 1,000 values each still have one key for each combination."""
        rows = np.random.default_rng(1).integers(0, 1000, size=(50, 10))
        rows = np.vstack([rows, rows])
        key = mixed_radix(list(rows.T), [1000] * 10)
        self.assertEqual(len(np.unique(key)), 50)
        self.assertEqual(key[:50].tolist(), key[50:].tolist())
        order = sorted(range(50), key=lambda row: rows[row].tolist())
        self.assertEqual(np.argsort(key[:50]).tolist(), order)

    @property_tests.examples(1)
    @given(_ROWS, st.randoms())
    def test_order_of_rows_does_not_matter(self, rows, random) -> None:
        """Rows in another order make the same leaves."""
        shuffled = random.sample(rows, len(rows))
        one, other = (
            leaves_from_columns(
                {"a": [row[0] for row in some], "b": [row[1] for row in some]},
                [row[2] for row in some],
                [row[2] for row in some],
                [0] * len(some),
                [0] * len(some),
            )
            for some in (rows, shuffled)
        )
        self.assertEqual(one.values, other.values)
        self.assertEqual(one.codes.tolist(), other.codes.tolist())
        self.assertEqual(one.sums.crashes_before.tolist(), other.sums.crashes_before.tolist())


if __name__ == "__main__":
    unittest.main()
