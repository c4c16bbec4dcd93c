"""The explanation of a spike: the segments that pass their tests, by excess."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from crash_rate_aggregates.verdicts.explanation.candidates import candidates
from crash_rate_aggregates.verdicts.explanation.leaves import Leaves, Totals
from crash_rate_aggregates.verdicts.explanation.outstanding import (
    Outstanding,
    limit_factor,
    outstanding_picks,
)
from crash_rate_aggregates.verdicts.explanation.picking import pick_segments
from crash_rate_aggregates.verdicts.explanation.segments import Segments
from crash_rate_aggregates.verdicts.explanation.standard_hours import with_standard_hours

APART: Final = (
    ("build_version", "build_id"),
    ("version", "build_id"),
    ("os_name", "os_version"),
    ("experiment_id", "experiment_branch"),
)
"""Pairs of dimensions of which one says the other."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Where crashes rose more than elsewhere."""

    values: Mapping[str, str | None]
    """One to three, by names of dimensions."""
    crashes: float
    """Now; without those of segments picked before it."""
    expected: float
    """Crashes now at its own rate before, times what the unexplained rest has changed by."""
    excess: float
    """Crashes less expected ones."""
    share: float | None
    """Of the whole excess; above 1 where the rest has fallen. None without a whole excess."""
    ratio: float
    """Crashes over expected ones."""
    lower: float
    """Of the 95% interval of the ratio."""
    upper: float
    z: float
    """Normal value with the upper tail of its test."""
    is_new: bool
    """Whether it had hardly any hours before: then it is compared with the common rate."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The segments of two periods that stand out."""

    segments: tuple[Segment, ...]
    """Disjoint, largest excess first; empty where none stands out."""
    totals: Totals
    """Crashes and hours, as they were spent, of all leaves in both periods."""
    excess: float
    """Crashes now less those at the rates before; negative where rates fell."""
    candidates: int
    """Segments that were looked at, which their tests allow for: those with a past."""
    candidates_without_past: int

    @property
    def rate_before(self) -> float:
        """Crashes per 1,000 usage hours before."""
        return 1000 * self.totals.rate_before

    @property
    def rate_now(self) -> float:
        """Crashes per 1,000 usage hours now."""
        return 1000 * self.totals.rate_now


def explain(
    leaves: Leaves,
    phi: float,
    apart: Collection[tuple[str, str]] = APART,
    *,
    weighs_hours: bool = True,
) -> Explanation:
    """Find the segments in which crashes rose between two periods.

    Args:
        leaves: By all dimensions, in both periods.
        phi: Variance of counts over their mean, at least 1: `burst_factor`, or 3.
        apart: Pairs of dimensions that do not stand together in a segment.
        weighs_hours: Whether hours are weighed by the usual rates of what they were spent with.
    """
    spent = leaves.sums.total()
    if spent.rate_before <= 0 or spent.rate_now <= 0:
        return Explanation((), spent, spent.crashes_now - spent.expected, 0, 0)
    if weighs_hours:
        leaves = with_standard_hours(leaves)
    totals = leaves.sums.total()
    excess = totals.crashes_now - totals.expected
    found = candidates(leaves, apart)
    outstanding = outstanding_picks(pick_segments(found.segments, phi), found, phi)
    reported = _reported(found.segments, outstanding, totals)
    return Explanation(
        tuple(sorted(reported, key=lambda segment: -segment.excess)),
        spent,
        excess,
        sum(found.with_past),
        sum(found.without_past),
    )


def _reported(
    segments: Segments, outstanding: Sequence[Outstanding], totals: Totals
) -> list[Segment]:
    rest = np.ones(len(segments.leaves.codes), dtype=np.bool_)
    for one in outstanding:
        rest &= ~one.pick.leaves
    rest_totals = segments.leaves.sums.where(rest).total()
    return [_segment(segments, one, rest_totals, totals) for one in outstanding]


def _segment(segments: Segments, one: Outstanding, rest: Totals, totals: Totals) -> Segment:
    pick = one.pick
    # Of a rest without crashes nothing is known: then what it was when the segment was picked.
    rest_ratio = rest.rate_now / rest.rate_before if rest.rate_before > 0 else 0.0
    expected = pick.expected * (rest_ratio or pick.rest_ratio)
    ratio, factor = pick.crashes / expected, limit_factor(pick, one.drift)
    whole = totals.crashes_now - totals.expected
    excess = pick.crashes - expected
    return Segment(
        segments.values_of(pick.segment),
        pick.crashes,
        expected,
        excess,
        excess / whole if whole > 0 else None,
        ratio,
        ratio / factor,
        ratio * factor,
        one.z,
        not pick.has_past,
    )
