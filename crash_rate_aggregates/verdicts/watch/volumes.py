"""Usage hours of a date that is still coming in: what share of them is there, by complete dates."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from crash_rate_aggregates.verdicts.day_variation import WEEKDAY_DAYS, log_ratio
from crash_rate_aggregates.verdicts.delays import ALL_LAGS, LEAST_DATES

_OF_WEEKDAY = 0.7
_FITTED = 7


@dataclass(frozen=True, slots=True)
class HoursShare:
    """The share of a date's hours that a set of lags brings."""

    log_share: tuple[float, ...]
    """Its logarithm by weekday of the activity date, Monday first."""
    log_variance: float
    """Of one date about it."""


def fit_hours_share(
    hours: ArrayLike, weekdays: ArrayLike, lags: Collection[int]
) -> HoursShare | None:
    """Learn the share from complete dates: .7 that of the weekday, .3 that of all.

    Means are of logarithms. Below 28 dates weekdays are not told apart.

    Args:
        hours: Usage hours by activity date, oldest first, and days late, shape (D, 8): the newest
            dates, 56 by custom, all of whose 8 submission dates are stored.
        weekdays: Of the activity dates, 0 is Monday.
        lags: Days late that are stored for the date in question.

    Returns:
        None below 14 dates on which these lags brought hours.
    """
    stored = sorted(set(lags))
    if set(stored) == ALL_LAGS:
        return HoursShare((0.0,) * 7, 0.0)
    table = np.asarray(hours, dtype=float)
    log_shares = log_ratio(table[:, stored].sum(axis=1), table.sum(axis=1))
    known = np.isfinite(log_shares)
    log_shares, of_weekday = log_shares[known], np.asarray(weekdays)[known]
    dates = len(log_shares)
    if dates < LEAST_DATES:
        return None
    fitted = np.full(7, log_shares.mean())
    if dates >= WEEKDAY_DAYS:
        for weekday in np.unique(of_weekday):
            own = log_shares[of_weekday == weekday].mean()
            fitted[weekday] += _OF_WEEKDAY * (own - fitted[weekday])
    residuals = log_shares - fitted[of_weekday]
    parameters = _FITTED if dates >= WEEKDAY_DAYS else 1
    variance = float(np.square(residuals).mean()) * dates / (dates - parameters)
    return HoursShare(tuple(fitted.tolist()), variance)


def is_year_end(day: date) -> bool:
    """Tell whether people are away in most countries: from 24 December to 1 January."""
    return (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1)
