"""How much the rates of segments drift between two periods when nothing has happened."""

from __future__ import annotations

import numpy as np

from crash_rate_aggregates.verdicts.explanation.expectations import Deviations, deviations
from crash_rate_aggregates.verdicts.explanation.leaves import Floats
from crash_rate_aggregates.verdicts.explanation.picking import Remainder
from crash_rate_aggregates.verdicts.explanation.segments import Segments

_LEAST_CRASHES_OF_ALL = 100
_LEAST_SEGMENTS = 20
_LEAST_CRASHES_OF_ONE = 30
_LEAST_VALUES = 6
_MAD_TO_SD = 1.4826


def dimension_drifts(segments: Segments, left: Remainder, phi: float) -> Floats:
    """Return the variance of log rates of each dimension's values beyond counts, [dimension].

    Args:
        segments: All that were looked at.
        left: The leaves in no picked segment: with the spike in, it would hide itself.
        phi: Variance of counts over their mean, at least 1.
    """
    count = len(segments.leaves.dimensions)
    if not left.can_tell():
        return np.zeros(count)
    found = deviations(left.sums, left.totals, phi)
    common = _common_drift(left, found)
    known = found.has_past & np.isfinite(found.log_ratio)
    large = known & (left.sums.crashes_now >= _LEAST_CRASHES_OF_ONE)
    drifts = np.full(count, common)
    for number, subset in enumerate(segments.subsets):
        if len(subset) == 1:
            own = large & (segments.subset_of == number)
            if np.count_nonzero(own) >= _LEAST_VALUES:
                between = _between(found.log_ratio[own], found.variance[own])
                drifts[subset[0]] = max(common, between)
    return drifts


def _common_drift(left: Remainder, found: Deviations) -> float:
    crashes = left.sums.crashes_now
    # Those that compete, so only what lies above the rest: segments are many times the same leaves
    # from both sides, and one half says it as well as two.
    used = left.compete() & found.has_past & (found.log_ratio > 0)
    used &= crashes >= _LEAST_CRASHES_OF_ALL
    if np.count_nonzero(used) < _LEAST_SEGMENTS:
        return 0.0
    used &= crashes >= np.median(crashes[used])
    scale = _MAD_TO_SD * np.median(np.abs(found.log_ratio[used]))
    return max(0.0, float(scale**2 - np.median(found.variance[used])))


def _between(log_ratios: Floats, variances: Floats) -> float:
    """Return the variance between true values: DerSimonian and Laird 1986."""
    weights = 1 / variances
    mean = (weights @ log_ratios) / weights.sum()
    heterogeneity = weights @ (log_ratios - mean) ** 2
    spread = weights.sum() - (weights @ weights) / weights.sum()
    return max(0.0, float((heterogeneity - (len(weights) - 1)) / spread))
