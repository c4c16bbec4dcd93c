"""Which picked segments stand out: more than counts, bursts and the drift of rates explain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from crash_rate_aggregates.verdicts.explanation.candidates import Candidates
from crash_rate_aggregates.verdicts.explanation.expectations import NEW_VARIANCE, PRIOR_CRASHES
from crash_rate_aggregates.verdicts.explanation.leaves import Leaves
from crash_rate_aggregates.verdicts.explanation.log_tail import log_upper_tail, z_of_log_tail
from crash_rate_aggregates.verdicts.explanation.picking import Pick, everything
from crash_rate_aggregates.verdicts.explanation.segment_drifts import Drifts, drifts_outside

FALSE_ALARMS: Final = 0.05
"""Probability that any segment is reported where nothing happened, at most."""
LEAST_RATIO: Final = 1.1
_Z: Final = 1.96
_LEAST_DRIFT: Final = 0.02**2
_LARGEST_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A pick that passed its test."""

    pick: Pick
    drift: float
    """Usual variance of the segment's log rate beyond counts."""
    z: float
    """Normal value with the upper tail of the test."""


def outstanding_picks(picks: Sequence[Pick], found: Candidates, phi: float) -> list[Outstanding]:
    """Return the picks that stand out, in their order.

    Drift is measured outside of those that stand out: first of all picks, then those that fail are
    put back, until no more do. With mere chance left out, drift would seem too small.

    Args:
        picks: From `pick_segments`.
        found: What they were picked from.
        phi: Variance of counts over their mean, at least 1.
    """
    segments, left_picks = found.segments, list(picks)
    while left_picks:
        taken = np.logical_or.reduce([pick.leaves for pick in left_picks])
        left = everything(segments).without(segments, taken)
        drifts = drifts_outside(segments, left, phi)
        tested = [_tested(pick, found, drifts, phi) for pick in left_picks]
        outstanding = [one for one in tested if one is not None]
        if len(outstanding) == len(left_picks):
            return outstanding
        left_picks = [one.pick for one in outstanding]
    return []


def log_tail(pick: Pick, crashes: float, drift: float, phi: float) -> float:
    """Return ln P(X >= crashes) if nothing happened in a segment but counts, bursts and drift.

    Args:
        pick: Says what is expected.
        crashes: Now.
        drift: Variance of the segment's log rate.
        phi: Variance of counts over their mean.
    """
    mean = pick.expected * pick.rest_ratio
    past = phi / (pick.crashes_before + PRIOR_CRASHES) if pick.has_past else NEW_VARIANCE
    return log_upper_tail(crashes, mean, mean * (phi + past * mean + drift * mean))


def limit_factor(pick: Pick, drift: float) -> float:
    """Return by which factor each limit of the 95% interval lies from a segment's ratio."""
    return math.exp(_Z * math.sqrt(pick.variance + max(drift, _LEAST_DRIFT)))


def _tested(pick: Pick, found: Candidates, drifts: Drifts, phi: float) -> Outstanding | None:
    segments = found.segments
    subset = segments.subsets[segments.subset_of[pick.segment]]
    counts = found.with_past if pick.has_past else found.without_past
    # There are a hundred times as many segments of three dimensions as of one, and a spike is as
    # likely to have either: each number of dimensions has a third of the level.
    level = math.log(FALSE_ALARMS / len(counts) / max(1, counts[len(subset) - 1]))
    drift = drifts.for_tests(subset)
    if math.exp(pick.log_ratio) < LEAST_RATIO:
        return None
    if log_tail(pick, _crashes_of_many(pick, segments.leaves), drift, phi) > level:
        return None
    return Outstanding(
        pick, drifts.for_limits(subset), z_of_log_tail(log_tail(pick, pick.crashes, drift, phi))
    )


def _crashes_of_many(pick: Pick, leaves: Leaves) -> float:
    """Return crashes without a leaf's excess that is over half of the whole.

    One machine crashes in one leaf; what only such a leaf shows is no segment's. A segment of one
    leaf cannot be asked.
    """
    hours = leaves.sums.hours_now[pick.leaves]
    mean = pick.expected * pick.rest_ratio
    of_leaves = leaves.sums.crashes_now[pick.leaves] - mean * hours / hours.sum()
    largest = float(of_leaves.max())
    alone = len(hours) > 1 and largest > _LARGEST_SHARE * (pick.crashes - mean)
    return pick.crashes - largest if alone else pick.crashes
