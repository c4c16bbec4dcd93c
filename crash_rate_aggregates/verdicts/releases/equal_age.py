"""Two versions at equal ages: as many days after their releases, as late, of the same strata."""

from __future__ import annotations

import math

import numpy as np

from crash_rate_aggregates.verdicts.arrays import LAGS, Floats, Integers
from crash_rate_aggregates.verdicts.day_variation import MAD_TO_SD
from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.mantel_haenszel import age_sums, beside, log_rate_ratio
from crash_rate_aggregates.verdicts.releases.version_days import (
    MOST_AGES,
    VersionDays,
    hours_submitted,
)

_VERSION_DAY_SD = 0.015
"""Of a version's day beyond the channel's day."""
_DIFFERENCE_SD = 0.06
"""Of what equal age leaves besides the drift: what early users of two versions differ by."""
_WEEK = 7
_DF = 20


def equal_age(
    new: VersionDays,
    old: VersionDays,
    today: int,
    *,
    phi: float,
    tau: float,
    drift: Floats,
    late_variance: Floats | None = None,
    weekday_effect: Floats | None = None,
) -> Contrast | None:
    """Return the new version beside the old one at equal ages, None where they share no crashes.

    What is not complete yet is compared with what of the old one had come after as many days, so
    that crashes which come before their hours do the new one no wrong.

    Args:
        new: The version that is judged.
        old: Its predecessor.
        today: The last submission date that is read, as `date.toordinal` counts.
        phi: Variance of a count over its mean.
        tau: Relative standard deviation of a day of the channel beyond counts.
        drift: From `drifts_over`.
        late_variance: Of 8 values: how much the log rate of an activity date varies by its delays
            while it is known up to 0 ... 7 days late; None if days are complete.
        weekday_effect: Of 7 values: the log rate of Monday ... Sunday beside the week's; None if
            weekdays are alike.
    """
    lags = _common_lags(new, old, today)
    ages = np.flatnonzero(lags)
    ours, theirs = new.within(ages, lags[ages]), old.within(ages, lags[ages])
    ratio = log_rate_ratio(age_sums(ours, theirs), phi)
    if np.isnan(ratio.value):
        return None
    compared = beside(ours, theirs)
    crashes = compared.crashes.sum(axis=1)
    weights = crashes / crashes.sum()
    late = np.zeros(LAGS) if late_variance is None else late_variance
    days = tau**2 + _VERSION_DAY_SD**2 + late[lags[ages] - 1]
    apart = _weekdays_apart(new, old, ages, weights, weekday_effect)
    return Contrast(
        log_ratio=float(ratio.value) - apart,
        variance=float(ratio.variance) + 2 * float(weights**2 @ days),
        systematic_sd=math.hypot(_drift_of(weights, drift), _DIFFERENCE_SD),
        df=_DF,
        hours=float(compared.hours.sum()),
        crashes=float(crashes.sum()),
        daily_hours=hours_submitted(new, today, MOST_AGES),
        method=Method.EQUAL_AGE,
    )


def drifts_over(log_rates: Floats, gap: int) -> Floats:
    """Return how much a channel's log rate typically moves in so many days, of 7 values.

    The value for 1 ... 7 days is 1.4826 times the median of the absolute differences between means
    of so many days and those `gap` days before; 0 with too short a history.

    Args:
        log_rates: Of the channel's complete activity dates, one after the other, each less the
            effect of its weekday.
        gap: Days between two releases, at least 1.
    """
    return np.array([_drift(log_rates, gap, days) for days in range(1, _WEEK + 1)])


def _drift(log_rates: Floats, gap: int, days: int) -> float:
    if len(log_rates) < days + gap:
        return 0.0
    means = np.convolve(log_rates, np.full(days, 1 / days), mode="valid")
    return float(MAD_TO_SD * np.median(np.abs(means[gap:] - means[:-gap])))


def _drift_of(weights: Floats, drift: Floats) -> float:
    """Return the drift of means of as many days as the weights come to."""
    days = round(1 / float(weights @ weights))
    return float(drift[min(days, _WEEK) - 1])


def _common_lags(new: VersionDays, old: VersionDays, today: int) -> Integers:
    ages = min(new.ages, old.ages, MOST_AGES)
    return np.minimum(new.stored_lags(today)[:ages], old.stored_lags(today)[:ages])


def _weekdays_apart(
    new: VersionDays, old: VersionDays, ages: Integers, weights: Floats, effect: Floats | None
) -> float:
    if effect is None:
        return 0.0
    # Ordinal 1 was a Monday.
    ours, theirs = ((version.first_day + ages - 1) % 7 for version in (new, old))
    return float(weights @ (effect[ours] - effect[theirs]))
