"""The ratio of two rates over strata, which a different mix of strata does not change.

Greenland and Robins, Estimation of a common effect parameter from sparse follow-up data,
Biometrics 41 (1985).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.releases.version_days import StratumSums


@dataclass(frozen=True, slots=True)
class LogRatio:
    """The logarithm of a ratio of rates, or of several, then as arrays."""

    value: Any
    """ln(rate of the new version / rate of the old one); NaN where a side has no crashes beside
    the other."""
    variance: Any
    """Of the value, by counting alone; NaN likewise."""


@dataclass(frozen=True, slots=True)
class AgeSums:
    """Of each age, sums over strata; T are the hours of both sides in a stratum."""

    right: Floats
    """R = sum xn hp/T."""
    left: Floats
    """S = sum xp hn/T."""
    spread: Floats
    """sum (xn + xp) hn hp/T^2."""
    overlap: Floats
    """sum hn hp/T: how much the age tells, in hours."""


def age_sums(new: StratumSums, old: StratumSums) -> AgeSums:
    """Return the sums over strata that have hours on both sides.

    Args:
        new: By age and stratum; of several pairs, by pair first.
        old: Of the same shape.
    """
    hours = new.hours + old.hours
    # Crashes of a side that has no hours there, as crash pings can come alone, tell no ratio.
    known = (new.hours > 0) & (old.hours > 0)
    share = np.divide(1.0, hours, out=np.zeros_like(hours), where=known)
    ours, theirs = new.hours * share, old.hours * share
    both = ours * theirs
    return AgeSums(
        right=(new.crashes * theirs).sum(axis=-1),
        left=(old.crashes * ours).sum(axis=-1),
        spread=((new.crashes + old.crashes) * both).sum(axis=-1),
        overlap=(both * hours).sum(axis=-1),
    )


def log_rate_ratio(sums: AgeSums, phi: float, weights: Floats | None = None) -> LogRatio:
    """Return the common log ratio of rates over all ages.

    ln(R/S) with R and S summed over ages; its variance phi sum (xn + xp) hn hp/T^2 / (R S).

    Args:
        sums: From `age_sums`; of several pairs, the log ratio of each is returned.
        phi: Variance of a count over its mean.
        weights: What each age's R and S are multiplied with, and the square of it its spread; of
            several pairs, by pair first; 1 if None.
    """
    by_age = np.ones_like(sums.right) if weights is None else weights
    right, left = (sums.right * by_age).sum(axis=-1), (sums.left * by_age).sum(axis=-1)
    return _log_ratio(right, left, (sums.spread * by_age**2).sum(axis=-1), phi)


def log_rate_ratio_of_ages(sums: AgeSums, phi: float) -> LogRatio:
    """Return the log ratio of each age on its own."""
    return _log_ratio(sums.right, sums.left, sums.spread, phi)


def beside(new: StratumSums, old: StratumSums) -> StratumSums:
    """Return the new version's sums in strata in which the old one has hours too, else 0."""
    known = old.hours > 0
    return StratumSums(new.hours * known, new.crashes * known)


def _log_ratio(right: Any, left: Any, spread: Any, phi: float) -> LogRatio:
    known = (right > 0) & (left > 0)
    right, left = np.where(known, right, np.nan), np.where(known, left, np.nan)
    return LogRatio(np.log(right / left), phi * spread / (right * left))
