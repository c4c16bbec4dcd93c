"""The ratio of two rates over strata, which a different mix of strata does not change.

Greenland and Robins, Estimation of a common effect parameter from sparse follow-up data,
Biometrics 41 (1985).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crash_rate_aggregates.verdicts.releases.version_days import Floats, StratumSums


@dataclass(frozen=True, slots=True)
class LogRatio:
    """The logarithm of a ratio of rates."""

    value: float
    """ln(rate of the new version / rate of the old one)."""
    variance: float
    """Of the value, by counting alone."""


def log_rate_ratio(
    new: StratumSums, old: StratumSums, phi: float, weights: Floats | None = None
) -> LogRatio | None:
    """Return the common log ratio of rates, None where a side has no crashes beside the other.

    ln(R/S) with R = sum w xn hp/T, S = sum w xp hn/T, T = hn + hp over the strata with hours on
    both sides; its variance phi sum w^2 (xn + xp) hn hp/T^2 / (R S).

    Args:
        new: By age and stratum.
        old: Of the same shape.
        phi: Variance of a count over its mean.
        weights: w of each age; 1 if None.
    """
    hours = new.hours + old.hours
    share = np.divide(1.0, hours, out=np.zeros_like(hours), where=hours > 0)
    by_age = np.ones(len(hours)) if weights is None else weights
    right = by_age @ (new.crashes * old.hours * share).sum(axis=1)
    left = by_age @ (old.crashes * new.hours * share).sum(axis=1)
    if right <= 0 or left <= 0:
        return None
    crashes = new.crashes + old.crashes
    spread = by_age**2 @ (crashes * new.hours * old.hours * share**2).sum(axis=1)
    return LogRatio(float(np.log(right / left)), float(phi * spread / (right * left)))


def overlap(new: StratumSums, old: StratumSums) -> Floats:
    """Return the information of each age, sum hn hp/(hn + hp) over its strata, in hours."""
    hours = new.hours + old.hours
    both = new.hours * old.hours
    shared: Floats = np.divide(both, hours, out=np.zeros_like(hours), where=hours > 0)
    return _over_strata(shared)


def hours_beside(new: StratumSums, old: StratumSums) -> Floats:
    """Return the new version's hours of each age in strata in which the old one has hours too."""
    return _over_strata(np.where(old.hours > 0, new.hours, 0.0))


def crashes_beside(new: StratumSums, old: StratumSums) -> Floats:
    """Return its crashes of each age in the same strata."""
    return _over_strata(np.where(old.hours > 0, new.crashes, 0.0))


def _over_strata(values: Floats) -> Floats:
    return np.asarray(values.sum(axis=1))
