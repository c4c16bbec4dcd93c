"""95% intervals of crash rates: chance in the counts, and days that differ beyond chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from crash_rate_aggregates.verdicts.count_limits import count_limits
from crash_rate_aggregates.verdicts.day_variation import independent_to_marginal
from crash_rate_aggregates.verdicts.quantiles import Z95

ASSUMED_PHI = 3.0
"""Variance of a count over its mean where nothing tells how many crashes come from one client."""
ASSUMED_TAU = 0.1
"""Standard deviation of a day's log rate where a channel has too few days to measure it."""


@dataclass(frozen=True, slots=True)
class RateInterval:
    """A rate and its 95% interval, crashes per 1,000 usage hours."""

    rate: float
    """Estimate."""
    lower: float
    """Lower limit, at least 0."""
    upper: float
    """Upper limit."""


def rate_interval(crashes: float, hours: float, phi: float, log_variance: float) -> RateInterval:
    """Return a group's rate with the interval of the level that the channel has on those days.

    The distance to each limit, as a logarithm, is the root of the sum of squares of those of the
    count's limit and of the normal interval of the days' variation. Without crashes the rate is 0
    and its upper limit that of the count, times what the days add.

    Args:
        crashes: At least 0.
        hours: Usage hours, above 0.
        phi: Variance of a count over its mean, above 0.
        log_variance: Of the logarithm of the rate beyond counts, like `log_variance_of_days`.
    """
    lower, upper = (float(limit) for limit in count_limits(crashes, phi))
    days = Z95 * math.sqrt(log_variance)
    if crashes == 0:
        return RateInterval(0.0, 0.0, float(1000 * upper / hours * math.exp(days)))
    rate = float(1000 * crashes / hours)
    below, above = math.log(crashes / lower), math.log(upper / crashes)
    return RateInterval(
        rate,
        rate * math.exp(-math.hypot(below, days)),
        rate * math.exp(math.hypot(above, days)),
    )


def log_variance_of_days(crashes_by_day: ArrayLike, tau: float, memory: float = 0.0) -> float:
    """Return the variance that days add to the logarithm of a group's rate.

    tau^2 sum w_d^2 where days are independent; with a memory r the variance of a day, times the sum
    of w_d w_e r^|d - e| over all pairs of days.

    Args:
        crashes_by_day: The group's crashes on days in a row, 0 where it has none; w_d is a day's
            share of them.
        tau: Of the channel, from `day_variation`.
        memory: Likewise.
    """
    counts = np.asarray(crashes_by_day, dtype=float)
    # Without any crash no day weighs more than another.
    shares = counts / counts.sum() if counts.any() else np.full(counts.size, 1 / counts.size)
    days = np.arange(counts.size)
    correlations = memory ** np.abs(days[:, np.newaxis] - days)
    return float(tau**2 * independent_to_marginal(memory) * (shares @ correlations @ shares))
