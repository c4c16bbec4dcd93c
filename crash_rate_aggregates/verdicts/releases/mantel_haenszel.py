"""The ratio of two rates over strata, which a different mix of strata does not change.

Greenland and Robins, Estimation of a common effect parameter from sparse follow-up data,
Biometrics 41 (1985).
"""

from __future__ import annotations

import math
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
    right, left, spread = _sums_of_ages(new, old)
    by_age = np.ones(len(right)) if weights is None else weights
    total_right, total_left = float(by_age @ right), float(by_age @ left)
    if total_right <= 0 or total_left <= 0:
        return None
    variance = phi * float(by_age**2 @ spread) / (total_right * total_left)
    return LogRatio(math.log(total_right / total_left), variance)


def log_rate_ratios(new: StratumSums, old: StratumSums, phi: float) -> tuple[Floats, Floats]:
    """Return the log ratio of each age with its variance, NaN where there is none."""
    right, left, spread = _sums_of_ages(new, old)
    product = np.where((right > 0) & (left > 0), right * left, np.nan)
    return np.log(product / np.where(left > 0, left, np.nan) ** 2), phi * spread / product


def _sums_of_ages(new: StratumSums, old: StratumSums) -> tuple[Floats, Floats, Floats]:
    """Return of each age R, S and sum (xn + xp) hn hp/T^2 over its strata."""
    hours = new.hours + old.hours
    share = np.divide(1.0, hours, out=np.zeros_like(hours), where=hours > 0)
    ours, theirs = new.hours * share, old.hours * share
    crashes = new.crashes + old.crashes
    return (
        np.einsum("as,as->a", new.crashes, theirs),
        np.einsum("as,as->a", old.crashes, ours),
        np.einsum("as,as,as->a", crashes, ours, theirs),
    )


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
