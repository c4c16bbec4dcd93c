"""What a segment's crashes now would be, and how far they lie from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.explanation.leaves import Sums, Totals

PRIOR_CRASHES = 10
"""By so many crashes at the common rate a segment's own past is shrunk."""
NEW_BELOW = 0.01
"""Below this share of the hours that a segment would have had before, it has no past."""
NEW_VARIANCE = 0.3**2
"""Of the log rate of what has no past, about the common rate."""


@dataclass(frozen=True, slots=True)
class Deviations:
    """How n segments deviate, all of them arrays [n]."""

    expected: Floats
    """Crashes now at the segment's rate before."""
    rest_ratio: Floats
    """Crashes now over expected ones of everything outside of the segment; not a number where
    there is nothing to compare with."""
    log_ratio: Floats
    """Of crashes over expected ones, against the rest's; not a number where there is none."""
    variance: Floats
    """Of the log ratio, by counts."""
    has_past: npt.NDArray[np.bool_]


def has_past(sums: Sums, totals: Totals) -> npt.NDArray[np.bool_]:
    """Tell which segments had hours enough before: 1% of what their hours now let expect."""
    share = NEW_BELOW * totals.hours_before / totals.hours_now
    return sums.hours_before >= share * sums.hours_now


def expected_crashes(sums: Sums, totals: Totals, past: npt.NDArray[np.bool_]) -> Floats:
    """Return crashes that segments would have now at their rates before.

    Args:
        sums: Of the segments.
        totals: Of all leaves; its rate before is above 0.
        past: From `has_past`; others are expected at the common rate.
    """
    rate = totals.rate_before
    own = (sums.crashes_before + PRIOR_CRASHES) / (sums.hours_before + PRIOR_CRASHES / rate)
    return sums.hours_now * np.where(past, own, rate)


def deviations(sums: Sums, totals: Totals, phi: float) -> Deviations:
    """Compare segments with everything outside of them.

    Args:
        sums: Of the segments.
        totals: Of all leaves that the segments are cut from; hours in both periods and crashes
            before are above 0.
        phi: Variance of counts over their mean, at least 1.
    """
    past = has_past(sums, totals)
    expected = expected_crashes(sums, totals, past)
    rest_now = totals.crashes_now - sums.crashes_now
    # Where there is no rest, or no hours, this ends in infinities that the next step takes out.
    with np.errstate(divide="ignore", invalid="ignore"):
        rest_ratio = rest_now / (totals.expected - expected)
        log_ratio = np.log(sums.crashes_now / expected) - np.log(rest_ratio)
        variance = phi * (
            1 / sums.crashes_now + 1 / rest_now + 1 / (totals.crashes_before - sums.crashes_before)
        ) + np.where(past, phi / (sums.crashes_before + PRIOR_CRASHES), NEW_VARIANCE)
    known = np.isfinite(log_ratio) & np.isfinite(variance) & (rest_ratio > 0)
    return Deviations(
        expected,
        np.where(known, rest_ratio, np.nan),
        np.where(known, log_ratio, np.nan),
        variance,
        past,
    )


def scores(sums: Sums, totals: Totals, found: Deviations, phi: float) -> Floats:
    """Return how much better two rates explain the crashes now than one: Kulldorff 1997.

    It is the log likelihood ratio of the spatial scan statistic, by phi; 0 where the segment's
    ratio is not above the rest's.

    Args:
        sums: Of the segments.
        totals: Of all leaves.
        found: Their deviations.
        phi: As there.
    """
    expected = found.expected * totals.crashes_now / totals.expected
    rest = totals.crashes_now - sums.crashes_now
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = sums.crashes_now * np.log(sums.crashes_now / expected) + rest * np.log(
            rest / (totals.crashes_now - expected)
        )
    return np.where(found.log_ratio > 0, ratio / phi, 0.0)
