"""Whether dates that are still coming in do so like complete ones did: else no nowcast is right."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from crash_rate_aggregates.verdicts.day_variation import (
    WEEKDAY_DAYS,
    log_ratio,
    medians_by_weekday,
    robust_variance,
)

MOST_DEPARTURE = 4.0
"""Standard deviations beyond which a date came in otherwise."""
_OF_WEEKDAY = 0.7
_FITTED = 7
_LEAST_SD = 0.01


@dataclass(frozen=True, slots=True)
class Delivery:
    """What has come of a date."""

    hours: tuple[float, ...]
    """Usage hours by days late, 8 of them, 0 where not stored."""
    lags: frozenset[int]
    """Days late that are stored."""
    weekday: int
    """Of the activity date, 0 is Monday."""


def departure(hours: ArrayLike, weekdays: ArrayLike, delivery: Delivery) -> float | None:
    """Return by how many standard deviations a date's first hours differ from what is usual.

    It is about the share that the first stored lag has in all that is stored, as a logarithm. A
    half-delivered submission date shows in it on the next day, and a change of delays as well: both
    long before such dates are complete. What is usual, .7 the weekday's median and .3 that of all,
    and the standard deviation, by the median absolute deviation, are those of complete dates.

    Args:
        hours: Usage hours by activity date, oldest first, and days late, shape (D, 8): the newest
            complete dates, 56 by custom.
        weekdays: Of these dates, 0 is Monday.
        delivery: The date in question.

    Returns:
        None where one lag alone is stored, or fewer than 28 complete dates are known.
    """
    stored = sorted(delivery.lags)
    table = np.asarray(hours, dtype=float)
    log_shares = log_ratio(table[:, stored[0]], table[:, stored].sum(axis=1))
    known = np.isfinite(log_shares)
    log_shares, of_weekday = log_shares[known], np.asarray(weekdays)[known]
    first = delivery.hours[stored[0]]
    if len(stored) == 1 or len(log_shares) < WEEKDAY_DAYS or first <= 0:
        return None
    median = float(np.median(log_shares))
    usual = median + _OF_WEEKDAY * medians_by_weekday(log_shares - median, of_weekday)
    sd = math.sqrt(robust_variance(log_shares - usual[of_weekday]))
    sd *= math.sqrt(len(log_shares) / (len(log_shares) - _FITTED))
    log_share = math.log(first / sum(delivery.hours[late] for late in stored))
    return float(log_share - usual[delivery.weekday]) / max(sd, _LEAST_SD)


def came_otherwise(departure_of_date: float | None) -> bool:
    """Tell whether a date lies beyond 4 standard deviations; one that is not known does not."""
    return departure_of_date is not None and abs(departure_of_date) > MOST_DEPARTURE
