"""Segments: all combinations of values of one, two or three dimensions, with their sums."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from crash_rate_aggregates.verdicts.arrays import Integers
from crash_rate_aggregates.verdicts.explanation.leaves import Codes, Leaves, Sums, mixed_radix

MOST_DIMENSIONS = 3
"""Of one segment: what people still take in, and what the data can tell apart."""
_SPARSE = 4
"""Above so many possible keys a leaf, those that occur are found by sorting."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The leaves divided by one subset of dimensions."""

    subset: tuple[int, ...]
    """The dimensions, by their place among those of the leaves."""
    group_of: Integers
    """int64[leaf]: the segment that it lies in."""
    sums: Sums
    """Of each segment; keys that no leaf has may stand among them, with zeros."""


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments that are still looked at, over all subsets."""

    leaves: Leaves
    subsets: tuple[tuple[int, ...], ...]
    subset_of: Codes
    """int32[segment]: the subset that it belongs to; segments stand in the order of subsets."""
    first_leaf: Integers
    """int64[segment]: a leaf in it, which tells its values."""
    segment_of: Codes
    """int32[subset, leaf]: the segment of a leaf; the number of segments where it is in none."""
    sums: Sums
    """Of each segment."""

    def dimension_count(self) -> Codes:
        """Return int32[segment]: of how many dimensions each is made."""
        sizes = np.array([len(subset) for subset in self.subsets], dtype=np.int32)
        return sizes[self.subset_of]

    def leaves_of(self, segment: int) -> npt.NDArray[np.bool_]:
        """Return bool[leaf]: which lie in a segment."""
        own: npt.NDArray[np.bool_] = self.segment_of[self.subset_of[segment]] == segment
        return own

    def values_of(self, segment: int) -> Mapping[str, str | None]:
        """Return its values by names of dimensions."""
        codes = self.leaves.codes[self.first_leaf[segment]]
        return {
            self.leaves.dimensions[i]: self.leaves.values[i][codes[i]]
            for i in self.subsets[self.subset_of[segment]]
        }

    def sums_over(self, leaves: npt.NDArray[np.bool_]) -> Sums:
        """Return the sums of each segment over some of the leaves.

        Args:
            leaves: bool[leaf].
        """
        chosen = self.segment_of[:, leaves]
        part = self.leaves.sums.where(leaves)
        count = len(self.sums)
        repeated = Sums(
            *(
                np.broadcast_to(column, chosen.shape).ravel()
                for column in (
                    part.crashes_before,
                    part.hours_before,
                    part.crashes_now,
                    part.hours_now,
                )
            )
        )
        return repeated.by(chosen.ravel(), count + 1).where(np.arange(count))


def subsets_of(leaves: Leaves, apart: Collection[tuple[str, str]]) -> tuple[tuple[int, ...], ...]:
    """Return the subsets of one to three dimensions, fewest first, by their places.

    A dimension with a single value divides nothing and is left out.

    Args:
        leaves: With their dimensions.
        apart: Pairs of names that do not stand together, as one follows from the other; names that
            the leaves do not have are passed over.
    """
    useful = [i for i, values in enumerate(leaves.values) if len(values) > 1]
    forbidden = [set(pair) for pair in apart]
    return tuple(
        subset
        for size in range(1, MOST_DIMENSIONS + 1)
        for subset in combinations(useful, size)
        if not any(pair <= {leaves.dimensions[i] for i in subset} for pair in forbidden)
    )


def cuts(leaves: Leaves, subsets: Collection[tuple[int, ...]]) -> Iterator[Cut]:
    """Divide the leaves by each subset in turn.

    Args:
        leaves: What is divided.
        subsets: From `subsets_of`.
    """
    # Columns of a matrix lie scattered in memory, and each is read dozens of times.
    columns = [np.ascontiguousarray(column) for column in leaves.codes.T]
    for subset in subsets:
        sizes = [len(leaves.values[i]) for i in subset]
        key = mixed_radix([columns[i] for i in subset], sizes)
        groups = int(np.prod(sizes, dtype=object))
        if groups > _SPARSE * len(key):
            distinct, key = np.unique(key, return_inverse=True)
            groups = len(distinct)
        yield Cut(subset, key, leaves.sums.by(key, groups))
