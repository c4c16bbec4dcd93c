"""How much the rates of segments drift between two periods when nothing has happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.explanation.expectations import deviations
from crash_rate_aggregates.verdicts.explanation.picking import Remainder
from crash_rate_aggregates.verdicts.explanation.segments import Segments

_LEAST_CRASHES = 30
"""Of a value now, from which on it tells of drift."""
_PRIOR_VALUES = 5
"""Values that the common drift of all dimensions counts as, beside a dimension's own."""


@dataclass(frozen=True, slots=True)
class Drifts:
    """Variances of log rates between the periods beyond counts."""

    own: Floats
    """float64[dimension], of its values by themselves; below 0 where they differ by less than
    counts explain, 0 where fewer than two of them are large enough."""
    freedom: Floats
    """float64[dimension], degrees of freedom of that."""

    def for_tests(self, dimensions: Iterable[int]) -> float:
        """Return the variance that a segment of some dimensions is tested with, rather too large.

        The sum over its dimensions, each its own estimate and the mean of all weighed by degrees
        of freedom: two or three values alone do not show how much they drift.
        """
        # Tests lie far out, where drift has longer tails than the normal distribution: so nothing
        # below 0 makes up for what is above.
        return self._sum(np.maximum(0.0, self._moved()), dimensions)

    def for_limits(self, dimensions: Iterable[int]) -> float:
        """Return the variance that is usual, which the limits of a segment's ratio have."""
        return self._sum(self._moved(), dimensions)

    def _moved(self) -> Floats:
        # A value is compared with the others, which drift the other way: of n equal ones the
        # difference is n/(n - 1) times what each moves.
        return self.own * (self.freedom / (self.freedom + 1)) ** 2

    def _sum(self, own: Floats, dimensions: Iterable[int]) -> float:
        mean = max(0.0, float(self.freedom @ own) / max(1.0, self.freedom.sum()))
        shrunk = (self.freedom * own + _PRIOR_VALUES * mean) / (self.freedom + _PRIOR_VALUES)
        return float(np.maximum(0.0, shrunk)[list(dimensions)].sum())


def drifts_outside(segments: Segments, left: Remainder, phi: float) -> Drifts:
    """Return by how much rates drift in the leaves that are left.

    Args:
        segments: All that were looked at.
        left: The leaves in no segment that may be a spike: with it in, it would hide itself.
        phi: Variance of counts over their mean, at least 1.
    """
    own, freedom = np.zeros((2, len(segments.leaves.dimensions)))
    if not left.can_tell():
        return Drifts(own, freedom)
    numbers = np.flatnonzero(segments.dimension_count() == 1)
    sums = left.sums.where(numbers)
    found = deviations(sums, left.totals, phi)
    known = found.has_past & np.isfinite(found.log_ratio) & (sums.crashes_now >= _LEAST_CRASHES)
    for number, subset in enumerate(segments.subsets):
        values = known & (segments.subset_of[numbers] == number)
        freedom_of_values = int(np.count_nonzero(values)) - 1
        if len(subset) == 1 and freedom_of_values > 0:
            freedom[subset[0]] = freedom_of_values
            own[subset[0]] = _between(found.log_ratio[values], found.variance[values])
    return Drifts(own, freedom)


def _between(log_ratios: Floats, variances: Floats) -> float:
    """Return the variance between true values, not cut off at 0: DerSimonian and Laird 1986."""
    weights = 1 / variances
    mean = (weights @ log_ratios) / weights.sum()
    heterogeneity = weights @ (log_ratios - mean) ** 2
    spread = weights.sum() - (weights @ weights) / weights.sum()
    return float((heterogeneity - (len(weights) - 1)) / spread)
