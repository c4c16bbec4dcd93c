"""Pick disjoint segments one after the other, each from what the earlier ones left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.explanation.candidates import LEAST_CRASHES
from crash_rate_aggregates.verdicts.explanation.expectations import deviations, scores
from crash_rate_aggregates.verdicts.explanation.leaves import Sums, Totals
from crash_rate_aggregates.verdicts.explanation.segments import Segments

MOST_PICKS = 5
LEAST_SHARE = 0.002
"""Of all crashes now that a segment must have."""
NEARLY_BEST = 0.98
"""From this share of the best score on, the segment of fewer dimensions is preferred."""
LEAST_SCORE = 5
_TIE = 1e-9
"""Relative; sums of floating-point hours that are equal on paper differ by less."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A segment as it stood in the round in which it was picked."""

    segment: int
    """Its number."""
    leaves: npt.NDArray[np.bool_]
    """bool[leaf]: its own, without those of earlier picks."""
    crashes_before: float
    crashes: float
    """Now."""
    expected: float
    """Crashes now at its own rate before."""
    rest_ratio: float
    """Crashes over expected ones of everything else in that round."""
    log_ratio: float
    """Of its crashes over expected ones, against the rest's."""
    variance: float
    """Of the log ratio, by counts."""
    has_past: bool


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left of leaves and segments when some leaves are taken out."""

    leaves: npt.NDArray[np.bool_]
    """bool[leaf]: those that are left."""
    sums: Sums
    """Of the segments, over them."""
    totals: Totals
    """Over them."""

    def without(self, segments: Segments, taken: npt.NDArray[np.bool_]) -> Remainder:
        """Take out more leaves, all of which are still there."""
        left = self.leaves & ~taken
        return Remainder(
            left,
            self.sums.minus(segments.sums_over(taken)),
            segments.leaves.sums.where(left).total(),
        )

    def can_tell(self) -> bool:
        """Whether there are rates to compare."""
        return self.totals.rate_before > 0 and self.totals.rate_now > 0

    def compete(self) -> npt.NDArray[np.bool_]:
        """Tell which segments are large enough: bool[segment]."""
        least = max(LEAST_CRASHES, LEAST_SHARE * self.totals.crashes_now)
        return (self.sums.crashes_now >= least) & (self.sums.hours_now > 0)


def everything(segments: Segments) -> Remainder:
    """Return what is left when nothing is taken out."""
    leaves = np.ones(len(segments.leaves.codes), dtype=np.bool_)
    return Remainder(leaves, segments.sums, segments.leaves.sums.total())


def pick_segments(segments: Segments, phi: float) -> list[Pick]:
    """Return up to 5 segments in the order of picking.

    No test stops the picking: what a spike raises must be taken out before the drift of all
    others can be measured.

    Args:
        segments: To choose from.
        phi: Variance of counts over their mean, at least 1.
    """
    left = everything(segments)
    picks: list[Pick] = []
    while len(picks) < MOST_PICKS and left.can_tell():
        pick = _best(segments, left, phi)
        if pick is None:
            break
        picks.append(pick)
        left = left.without(segments, pick.leaves)
    return picks


def _best(segments: Segments, left: Remainder, phi: float) -> Pick | None:
    numbers = np.flatnonzero(left.compete())
    sums = left.sums.where(numbers)
    found = deviations(sums, left.totals, phi)
    score = scores(sums, left.totals, found, phi)
    if not (score >= LEAST_SCORE).any():
        return None
    at = _simplest(score, segments.dimension_count()[numbers])
    if score[at] < LEAST_SCORE:
        return None
    return Pick(
        int(numbers[at]),
        segments.leaves_of(int(numbers[at])) & left.leaves,
        float(sums.crashes_before[at]),
        float(sums.crashes_now[at]),
        float(found.expected[at]),
        float(found.rest_ratio[at]),
        float(found.log_ratio[at]),
        float(found.variance[at]),
        bool(found.has_past[at]),
    )


def _simplest(score: Floats, dimension_count: npt.NDArray[np.int32]) -> int:
    near = score >= NEARLY_BEST * score.max()
    fewest = near & (dimension_count == dimension_count[near].min())
    # The first of equals, so that rounding decides nothing.
    return int(np.flatnonzero(fewest & (score >= score[fewest].max() * (1 - _TIE)))[0])
