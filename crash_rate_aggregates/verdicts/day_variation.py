"""How much a channel's rate differs from day to day beyond chance: by weekday, and without reason.

A series is of activity dates in a row, oldest first. Where a date has no rate its value is NaN.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.quantiles import Z95, student_quantile

MAD_TO_SD = 1.4826
"""The standard deviation of a normal variable over the median of its absolute values."""
LEAST_DAYS = 9
"""With fewer the variation is unknown."""
WEEKDAY_DAYS = 28
"""With fewer nothing is said of weekdays."""
_WINDOW = 7


@dataclass(frozen=True, slots=True)
class DayVariation:
    """How much the days of a channel differ."""

    tau: float | None
    """Standard deviation of the logarithm of a day's rate, beyond counts, weekdays and drift, if
    days differ independently; None where too few days are known."""
    memory: float
    """Correlation of a day with the day before, 0 to .8: good and bad days come in a row."""
    days: int
    """Dates that have a rate."""


def day_variation(
    crashes: ArrayLike, hours: ArrayLike, weekdays: ArrayLike, phi: float
) -> DayVariation:
    """Measure the variation from second differences, in which level, trend and drift drop out.

    The variance of second differences of independent days is 6 times that of a day (Rice 1984,
    Ann. Stat. 12). It is taken by the median absolute deviation, less what counts explain; as a
    median of few values is uncertain, the result is enlarged by Student's t.

    The memory is how neighbours go together, beside the days around both.

    Args:
        crashes: Of activity dates in a row, oldest first, all submission dates of which are stored;
            56 of them by custom. Shape (D,).
        hours: Usage hours, likewise. A date without hours or crashes has no rate: it ends a run of
            dates, and second differences are taken of three dates in a row only.
        weekdays: Of the activity dates, 0 is Monday.
        phi: Variance of a count over its mean, above 0.
    """
    counts = np.asarray(crashes, dtype=float)
    log_rates = log_ratio(counts, np.asarray(hours, dtype=float))
    days = int(np.isfinite(log_rates).sum())
    days_of_week = np.asarray(weekdays)
    effects = weekday_effects(log_rates, days_of_week)
    adjusted = log_rates - effects[days_of_week]
    # Where a date has no count neither has it a difference.
    count_variance = phi / np.where(counts > 0, counts, np.nan)
    differences, of_counts = _second_differences(adjusted, count_variance)
    # A series with gaps tells as much as one in a row that has as many differences.
    in_a_row = len(differences) + 2
    if in_a_row < LEAST_DAYS:
        return DayVariation(None, 0.0, days)
    spread = robust_variance(differences) / 6 - float(np.median(of_counts))
    fitted = in_a_row / (in_a_row - _WINDOW) if days >= WEEKDAY_DAYS else 1.0
    # 20 degrees of freedom at 56 days: a median absolute deviation is worth 37% of its values.
    enlarged = student_quantile(0.975, 20 * in_a_row / 56) / Z95
    tau = float(np.sqrt(max(0.0, spread) * fitted)) * enlarged
    memory = _memory(adjusted, count_variance) if days >= WEEKDAY_DAYS else 0.0
    return DayVariation(tau, memory, days)


def independent_to_marginal(memory: float) -> float:
    """Return the variance of a day over that which second differences show as if independent.

    6 over 6 - 8 r + 2 r^2, r the correlation with the day before (AR(1)).
    """
    return 3 / ((1 - memory) * (3 - memory))


def weekday_effects(log_rates: Floats, weekdays: ArrayLike) -> Floats:
    """Return how far each weekday lies from its week, shape (7,), Monday first; their mean is 0.

    The median over a weekday of its distance from the mean of the seven days around it, shrunk by
    n / (n + 4), n the weeks. A date whose seven days are not all known tells nothing. Below 28
    known dates all are 0.

    Args:
        log_rates: Logarithms, of dates in a row, oldest first, NaN where unknown. Shape (D,).
        weekdays: Of the dates, 0 is Monday.
    """
    known = int(np.isfinite(log_rates).sum())
    if known < WEEKDAY_DAYS:
        return np.zeros(7)
    around = np.convolve(log_rates, np.full(_WINDOW, 1 / _WINDOW), mode="valid")
    distances = log_rates[3:-3] - around
    of_weekday = np.asarray(weekdays)[3:-3]
    medians = medians_by_weekday(distances, of_weekday)
    weeks = known / 7
    effects = medians * weeks / (weeks + 4)
    return np.asarray(effects - effects.mean(), dtype=np.float64)


def medians_by_weekday(values: Floats, weekdays: NDArray[np.int_]) -> Floats:
    """Return the medians of the known values, 0 for a weekday that has none."""
    known = np.isfinite(values)
    order = np.lexsort((values[known], weekdays[known]))
    # A weekday without values points at another's or at the 0, which the last line leaves out.
    ordered = np.append(values[known][order], 0.0)
    numbers = np.bincount(weekdays[known], minlength=7)
    first = np.cumsum(numbers) - numbers
    low = ordered[np.maximum(first + (numbers - 1) // 2, 0)]
    high = ordered[first + numbers // 2]
    return np.where(numbers > 0, (low + high) / 2, 0.0)


def log_ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return logarithms of ratios, NaN where either is not above 0."""
    known = (numerator > 0) & (denominator > 0)
    ratio = np.where(known, numerator, np.nan) / np.where(known, denominator, np.nan)
    return np.asarray(np.log(ratio), dtype=np.float64)


def robust_variance(values: Floats) -> float:
    """Return the variance by the median absolute deviation from 0, which outliers do not move."""
    return float(MAD_TO_SD * np.median(np.abs(values))) ** 2


def _memory(values: Floats, count_variance: Floats) -> float:
    """Return r of AR(1) from how dates lie beside the mean of the eleven around them, 0 to .8.

    The correlation of neighbours is less than r, as the mean follows them: `_CORRELATIONS` says by
    how much. Shrunk by n / (n + 5), n the pairs of neighbours; with fewer than 15 it is 0.
    """
    residuals = np.convolve(values, _BESIDE, mode="valid")
    known = np.isfinite(residuals)
    pairs = int((known[1:] & known[:-1]).sum())
    if pairs < _LEAST_PAIRS:
        return 0.0
    most = 3 * math.sqrt(robust_variance(residuals[known]))
    clipped = np.clip(residuals, -most, most)
    products = clipped[1:] * clipped[:-1]
    variance = float(np.median(count_variance[np.isfinite(count_variance)]))
    beyond = float(np.nanmean(np.square(clipped))) - variance * float(_BESIDE @ _BESIDE)
    of_pairs = float(np.nanmean(products)) - variance * float(_BESIDE[1:] @ _BESIDE[:-1])
    if beyond <= 0:
        return 0.0
    found = float(np.interp(of_pairs / beyond, _CORRELATIONS, _MEMORIES))
    return found * pairs / (pairs + 5)


def _second_differences(values: Floats, count_variance: Floats) -> tuple[Floats, Floats]:
    """Return those that are known, and what counts explain of the variance of each, over 6."""
    differences = values[:-2] - 2 * values[1:-1] + values[2:]
    of_counts = (count_variance[:-2] + 4 * count_variance[1:-1] + count_variance[2:]) / 6
    known = np.isfinite(differences)
    return differences[known], of_counts[known]


def _correlation_beside(memory: float) -> float:
    """Return the correlation of neighbours' distances from their eleven dates, if AR(1)."""
    days = np.arange(_AROUND)
    apart = days[:, np.newaxis] - days
    same, next_to = (memory ** np.abs(apart + shift) for shift in (0, 1))
    return float(_BESIDE @ next_to @ _BESIDE / (_BESIDE @ same @ _BESIDE))


_AROUND = 11
_LEAST_PAIRS = 15
_BESIDE = np.where(np.arange(_AROUND) == _AROUND // 2, 1.0, 0.0) - 1 / _AROUND
_MEMORIES = np.arange(81) / 100
_CORRELATIONS = np.array([_correlation_beside(memory) for memory in _MEMORIES])
