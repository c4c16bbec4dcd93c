"""How the crashes and hours of a date come in, late by 0 to 7 days, as complete dates show it."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crash_rate_aggregates.verdicts.arrays import LAGS, Floats
from crash_rate_aggregates.verdicts.day_variation import WEEKDAY_DAYS
from crash_rate_aggregates.verdicts.quantiles import Z95, student_quantile

ALL_LAGS = frozenset(range(LAGS))
"""Days late: submission date less activity date. What comes later is counted with 7."""
LEAST_DATES = 14
"""Complete dates below which nothing is known."""
_FLOOR = 0.5
_NEWEST = 7
_LEAST_VARIANCE = 1e-4


@dataclass(frozen=True, slots=True)
class Delay:
    """What is known of a date of which a set of lags is stored; by weekday, Monday first."""

    lags: frozenset[int]
    """Days late that are stored."""
    log_bias: tuple[float, ...]
    """Logarithm of the rate so far over the rate in the end."""
    crash_completeness: tuple[float, ...]
    """Share of the crashes that came in, 0 to 1."""
    hour_completeness: tuple[float, ...]
    """Share of the usage hours."""
    log_variance: float
    """Of the logarithm of the corrected rate, beyond counts."""
    newest_residual: float
    """Mean over the last 7 complete dates of how far they lay from `log_bias`."""
    newest_variance: float
    """What the mean residual would vary if delays were as ever."""

    @property
    def is_complete(self) -> bool:
        """Whether everything is stored, so that nothing is left to correct."""
        return self.lags == ALL_LAGS

    @property
    def delays_changed(self) -> bool:
        """Whether the last complete dates came in otherwise than those before: by 3 sd."""
        return abs(self.newest_residual) > 3 * math.sqrt(self.newest_variance)


COMPLETE = Delay(ALL_LAGS, (0.0,) * 7, (1.0,) * 7, (1.0,) * 7, 0.0, 0.0, 0.0)
"""Of a date whose 8 submission dates are stored."""


@dataclass(frozen=True, slots=True)
class _Arrivals:
    """Amounts of each date, shape (D,)."""

    so_far: Floats
    """What the lags in question brought."""
    in_the_end: Floats
    """What all 8 lags brought."""

    def share(self, weights: Floats, added: float = 0.0) -> Floats:
        """Return the share that the lags brought, for each row of weights, shape (…, D)."""
        share = (weights @ self.so_far + added) / (weights @ self.in_the_end + added)
        return np.asarray(share, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Dates:
    """What complete dates show, shape (D,) each."""

    crashes: _Arrivals
    hours: _Arrivals
    weekdays: NDArray[np.int_]
    weights: Floats
    """By age, halved every half-life."""
    bias: Floats
    """Log rate so far over the log rate in the end, 0 where it is not known."""
    count_variance: Floats
    """Of `bias`, as far as chance in the counts goes."""
    precision: Floats
    """Weight of `bias`, 0 where it is not known."""

    def shares(self, weights: Floats) -> Floats:
        """Return the log bias, and the completeness of crashes and hours, for rows of weights."""
        of_crashes, of_hours = self.crashes.share(weights, _FLOOR), self.hours.share(weights)
        return np.array([np.log(of_crashes) - np.log(of_hours), of_crashes, of_hours])

    def mean(self, values: Floats) -> float:
        """Return the mean by precision."""
        return float(self.precision @ values / self.precision.sum())


def fit_delay(
    hours: ArrayLike,
    crashes: ArrayLike,
    weekdays: ArrayLike,
    phi: float,
    lags: Collection[int],
    *,
    half_life: float = 28.0,
) -> Delay | None:
    """Learn from complete dates what a date is worth of which only some lags are stored.

    The ratio of crashes to hours is modelled, not each apart: what delays both cancels (method of
    docs/statistics.md, part 1; after Lawless 1994, Can. J. Stat. 22). Weekdays are told apart from
    28 dates on, each shrunk towards all of them.

    Args:
        hours: Usage hours by activity date, oldest first, and days late, shape (D, 8): the newest
            dates, 56 by custom, all of whose 8 submission dates are stored.
        crashes: Likewise.
        weekdays: Of the activity dates, 0 is Monday; shape (D,).
        phi: Variance of a count over its mean, above 0.
        lags: Days late that are stored for the date in question.
        half_life: Days in which a date's weight halves.

    Returns:
        None where fewer than 14 complete dates, or none with crashes, are known.
    """
    stored = frozenset(lags)
    if stored == ALL_LAGS:
        return COMPLETE
    days = np.asarray(weekdays)
    of_crashes, of_hours = _arrivals(crashes, stored), _arrivals(hours, stored)
    known = (of_crashes.so_far > 0) & (of_hours.so_far > 0)
    if len(days) < LEAST_DATES or not known.any():
        return None
    weights = np.asarray(2.0 ** (-np.arange(len(days))[::-1] / half_life), dtype=np.float64)
    share = float(of_crashes.share(weights, _FLOOR))
    count_variance = phi * (1 - share) / (share * np.maximum(of_crashes.in_the_end, _FLOOR))
    dates = _Dates(
        of_crashes,
        of_hours,
        days,
        weights,
        bias=_log_share(of_crashes, known) - _log_share(of_hours, known),
        count_variance=count_variance,
        precision=np.where(known, weights / (count_variance + _LEAST_VARIANCE), 0.0),
    )
    return _fit(dates, stored)


def _arrivals(amounts: ArrayLike, lags: frozenset[int]) -> _Arrivals:
    table = np.asarray(amounts, dtype=float)
    return _Arrivals(table[:, sorted(lags)].sum(axis=1), table.sum(axis=1))


def _log_share(arrivals: _Arrivals, known: NDArray[np.bool_]) -> Floats:
    shares = np.divide(arrivals.so_far, arrivals.in_the_end, out=np.ones(len(known)), where=known)
    return np.asarray(np.log(shares), dtype=np.float64)


def _fit(dates: _Dates, lags: frozenset[int]) -> Delay:
    overall = dates.shares(dates.weights)
    variance = _excess_variance(dates, dates.bias - overall[0])
    of_weekdays, shrinkage = overall[:, np.newaxis].repeat(7, axis=1), 0.0
    if len(dates.weights) >= WEEKDAY_DAYS:
        of_weekdays, shrinkage = _by_weekday(dates, overall, variance)
    residuals = dates.bias - of_weekdays[0][dates.weekdays]
    log_variance = _predictive_variance(
        dates, _excess_variance(dates, residuals), 1 + 6 * shrinkage
    )
    newest = np.flatnonzero(dates.precision)[-_NEWEST:]
    of_counts = float(dates.count_variance[newest].mean())
    log_bias, of_crashes, of_hours = (tuple(values.tolist()) for values in of_weekdays)
    return Delay(
        lags,
        log_bias,
        of_crashes,
        of_hours,
        log_variance,
        newest_residual=float(residuals[newest].mean()),
        newest_variance=(log_variance + of_counts) / len(newest),
    )


def _by_weekday(dates: _Dates, overall: Floats, variance: float) -> tuple[Floats, float]:
    """Return what `shares` has, by weekday, shape (3, 7), and the mean shrinkage.

    A weekday without a date that tells anything is like all of them.
    """
    of_weekday = dates.weekdays == np.arange(7)[:, np.newaxis]
    known = (of_weekday & (dates.precision > 0)).any(axis=1)
    chosen = of_weekday | ~known[:, np.newaxis]
    weights, precision = chosen * dates.weights, chosen * dates.precision
    own = dates.shares(weights)
    of_counts = precision @ dates.count_variance / precision.sum(axis=1)
    noise = (variance + of_counts) / _effective(np.where(precision > 0, weights, 0.0))
    between = max(0.0, float((np.square(own[0] - overall[0]) - noise)[known].mean()))
    shrinkage = np.where(known, between / (between + noise + 1e-12), 0.0)
    shrunken = overall[:, np.newaxis] + shrinkage * (own - overall[:, np.newaxis])
    return shrunken, float(shrinkage.mean())


def _excess_variance(dates: _Dates, residuals: Floats) -> float:
    return max(0.0, dates.mean(np.square(residuals) - dates.count_variance))


def _effective(weights: Floats) -> Floats:
    """Return how many equally weighted dates each row of weights is worth."""
    return np.asarray(weights.sum(axis=-1) ** 2 / np.square(weights).sum(axis=-1), dtype=np.float64)


def _predictive_variance(dates: _Dates, variance: float, fitted: float) -> float:
    """Add what is uncertain of the fit, with so many fitted values, and of the variance itself."""
    n = float(_effective(dates.weights))
    df = max(4.0, n - fitted)
    of_counts = dates.mean(dates.count_variance)
    inflated = variance * n / df * (1 + fitted / n) + of_counts * fitted / n
    return inflated * (student_quantile(0.975, df) / Z95) ** 2
