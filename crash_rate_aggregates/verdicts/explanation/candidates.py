"""The segments that could be the answer, and how many there were to choose from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crash_rate_aggregates.verdicts.explanation.expectations import expected_crashes, has_past
from crash_rate_aggregates.verdicts.explanation.leaves import Leaves, Sums, Totals
from crash_rate_aggregates.verdicts.explanation.segments import (
    MOST_DIMENSIONS,
    Cut,
    Segments,
    cuts,
    subsets_of,
)

LEAST_CRASHES = 20
"""Of a segment now: below, it cannot be the answer."""
_COUNTED_EXPECTED = 0.5
_COUNTED_CRASHES = 10


@dataclass(frozen=True, slots=True)
class Candidates:
    """What is chosen from."""

    segments: Segments
    """Those with `LEAST_CRASHES` or more: all others can never compete, as sums only shrink."""
    with_past: tuple[int, ...]
    """How many segments of one, two and three dimensions were looked at that had a past: what a
    test must allow for."""
    without_past: tuple[int, ...]
    """Likewise, of those that had none."""


def candidates(leaves: Leaves, apart: Collection[tuple[str, str]]) -> Candidates:
    """Cut the leaves by all subsets, count the segments and keep those that can compete.

    Args:
        leaves: With hours in both periods and crashes before.
        apart: As in `subsets_of`.
    """
    totals = leaves.sums.total()
    subsets = subsets_of(leaves, apart)
    kept, counts, total = [], np.zeros((MOST_DIMENSIONS, 2), dtype=int), 0
    segment_of = np.empty((len(subsets), len(leaves.codes)), dtype=np.int32)
    for number, cut in enumerate(cuts(leaves, subsets)):
        counts[len(cut.subset) - 1] += _counted(cut, totals)
        chosen = cut.sums.crashes_now >= LEAST_CRASHES
        kept.append(cut.sums.where(chosen))
        segment_of[number] = _renumbered(chosen, total)[cut.group_of]
        total += len(kept[-1])
    # Until the last cut it is not known what number stands for none.
    segment_of[segment_of < 0] = total
    segments = Segments(
        leaves,
        subsets,
        np.repeat(np.arange(len(subsets), dtype=np.int32), [len(sums) for sums in kept]),
        _first_leaves(segment_of, total),
        segment_of,
        _joined(kept),
    )
    return Candidates(segments, tuple(counts[:, 0].tolist()), tuple(counts[:, 1].tolist()))


def _counted(cut: Cut, totals: Totals) -> npt.NDArray[np.int_]:
    past = has_past(cut.sums, totals)
    expected = expected_crashes(cut.sums, totals, past)
    counted = (expected >= _COUNTED_EXPECTED) | (cut.sums.crashes_now >= _COUNTED_CRASHES)
    return np.array([np.count_nonzero(counted & past), np.count_nonzero(counted & ~past)])


def _renumbered(chosen: npt.NDArray[np.bool_], first: int) -> npt.NDArray[np.int32]:
    return np.where(chosen, first + np.cumsum(chosen) - 1, -1).astype(np.int32)


def _first_leaves(segment_of: npt.NDArray[np.int32], segments: int) -> npt.NDArray[np.int64]:
    first = np.zeros(segments + 1, dtype=np.int64)
    for of_leaves in segment_of:
        # Written from the last to the first, so that the first stays.
        first[of_leaves[::-1]] = np.arange(len(of_leaves) - 1, -1, -1)
    return first[:segments]


def _joined(kept: list[Sums]) -> Sums:
    return Sums(
        np.concatenate([sums.crashes_before for sums in kept]),
        np.concatenate([sums.hours_before for sums in kept]),
        np.concatenate([sums.crashes_now for sums in kept]),
        np.concatenate([sums.hours_now for sums in kept]),
    )
