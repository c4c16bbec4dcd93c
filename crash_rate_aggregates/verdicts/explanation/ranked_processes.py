"""Which processes and classes of crashes hold the excess: crashes of each, the group's hours.

Hours cannot be divided by what crashed, so this list stands beside that of the segments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from scipy import special

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.quantiles import Z95

FALSE_ALARMS: Final = 0.05
"""Probability that any row is reported where no rate rose, at most."""
DRIFT: Final = 0.05**2
"""Variance of a row's log rate between two periods beyond counts: an assumption, as that of
segments, which is no less either."""
ProcessClass: TypeAlias = tuple[str, str | None]
"""A process type, and the class of its crashes, None where it is not known."""


@dataclass(frozen=True, slots=True)
class RankedProcess:
    """One process and class whose crashes rose."""

    process: str
    crash_class: str | None
    crashes: float
    """Now."""
    expected: float
    """Crashes now at the rate before."""
    excess: float
    """Crashes less expected ones."""
    share: float | None
    """Of the excess of all rows; None without one."""
    share_lower: float | None
    """Of the 95% interval of the share; None where the whole excess could be none at all."""
    share_upper: float | None
    ratio: float | None
    """Crashes over expected ones; None without crashes before."""
    lower: float
    """Of the 95% interval of the ratio."""
    upper: float | None
    """None without crashes before."""


def ranked_processes(
    rows: Sequence[ProcessClass],
    crashes_before: Floats,
    crashes_now: Floats,
    hours_ratio: float,
    phi: float,
) -> tuple[RankedProcess, ...]:
    """Return the rows whose rates rose, largest excess first.

    Each is tested by itself, at a level divided by the number of rows that had any crash
    (Bonferroni). Nothing is taken against the other rows: where all rise, all are listed.

    Args:
        rows: All of the group, whichever had crashes.
        crashes_before: float64[row].
        crashes_now: float64[row].
        hours_ratio: The group's usage hours now over those before, above 0.
        phi: Variance of counts over their mean, at least 1.
    """
    before, now = np.asarray(crashes_before, float), np.asarray(crashes_now, float)
    expected = hours_ratio * before
    level = FALSE_ALARMS / max(1, int(np.count_nonzero(before + now)))
    certain, _ = ratio_limits(before, now, hours_ratio, phi, level)
    lower, upper = ratio_limits(before, now, hours_ratio, phi, special.ndtr(-Z95))
    shares = _shares(now - expected, phi * (now + hours_ratio**2 * before) + DRIFT * expected**2)
    order = np.argsort(expected - now, kind="stable")
    return tuple(
        RankedProcess(
            rows[i][0],
            rows[i][1],
            float(now[i]),
            float(expected[i]),
            float(now[i] - expected[i]),
            *shares[i],
            float(now[i] / expected[i]) if before[i] else None,
            float(lower[i]),
            float(upper[i]) if before[i] else None,
        )
        for i in map(int, order[certain[order] > 1])
    )


def ratio_limits(
    before: Floats, now: Floats, scale: float, phi: float, level: float
) -> tuple[Floats, Floats]:
    """Return limits of ratios of two rates, each missed with the probability `level`.

    Exact given both counts' sum (Clopper and Pearson 1934; Przyborowski and Wilenski 1940), on
    counts divided by phi, with the drift's variance added to their logarithms' distance.

    Args:
        before: Crashes, float64[row].
        now: Likewise.
        scale: Hours now over hours before.
        phi: Variance of counts over their mean.
        level: Of one side.

    Returns:
        Lower limits, 0 without crashes now, and upper ones, infinite without crashes before.
    """
    x, y = before / phi, now / phi
    wide = special.ndtri(level) ** 2 * DRIFT
    with np.errstate(divide="ignore", invalid="ignore"):
        low = special.betaincinv(y, x + 1, level)
        high = special.betainccinv(y + 1, x, level)
        ratio = np.log(y / x / scale)
        low, high = np.log(low / (1 - low) / scale), np.log(high / (1 - high) / scale)
        lower = np.exp(np.where(before > 0, ratio - np.hypot(ratio - low, wide**0.5), low))
        upper = np.exp(np.where(now > 0, ratio + np.hypot(high - ratio, wide**0.5), high))
    return np.where(now > 0, lower, 0.0), np.where(before > 0, upper, np.inf)


def _shares(
    excess: Floats, variance: Floats
) -> list[tuple[float | None, float | None, float | None]]:
    """Return each row's share of the sum, with the limits of Fieller 1954."""
    whole, whole_variance = float(excess.sum()), float(variance.sum())
    if whole <= 0:
        return [(None, None, None)] * len(excess)
    shares = excess / whole
    a = whole**2 - Z95**2 * whole_variance
    if a <= 0:
        return [(float(share), None, None) for share in shares]
    # The sum contains the row: their covariance is the row's variance.
    b = excess * whole - Z95**2 * variance
    half = np.sqrt(np.maximum(0.0, b**2 - a * (excess**2 - Z95**2 * variance))) / a
    middle = b / a
    return [
        (float(s), float(m - h), float(m + h)) for s, m, h in zip(shares, middle, half, strict=True)
    ]
