"""Where a channel's measure stands, and how far it strays while nothing is wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.day_variation import (
    WEEKDAY_DAYS,
    robust_variance,
    weekday_effects,
)

_STEP = 0.25
_CLIP = 0.5
_BEGINNING = 7
_LEAST_SD = 0.01


@dataclass(frozen=True, slots=True)
class Level:
    """What is to be expected of the next date, in logarithms."""

    mean: float
    """Of the average weekday."""
    effects: tuple[float, ...]
    """What each weekday adds, Monday first."""
    system_variance: float
    """Of a date about it, beyond counts and delays."""

    def expected(self, weekday: int) -> float:
        """Return the logarithm that is to be expected on a weekday, 0 is Monday."""
        return self.mean + self.effects[weekday]


def fit_level(
    log_values: Floats, variances: Floats, weekdays: ArrayLike, restart: int = 0
) -> Level | None:
    """Follow a series to its end by exponential smoothing that no single date can move far.

    From the median of the first seven the level goes a quarter of the way to each date, by .125 at
    most. How far the dates lay from it before tells the variance, by the median absolute deviation.

    Args:
        log_values: Of dates in a row, oldest first, 56 by custom; NaN where unknown or left out.
        variances: What counts and delays explain of each, likewise.
        weekdays: Of the dates, 0 is Monday.
        restart: Index of the date with which a new level began; 0 if none did.

    Returns:
        None below 28 known dates.
    """
    known = np.isfinite(log_values)
    dates = int(known.sum())
    if dates < WEEKDAY_DAYS:
        return None
    days_of_week = np.asarray(weekdays)
    effects = weekday_effects(log_values, days_of_week)
    adjusted = log_values - effects[days_of_week]
    mean, errors, of_counts = math.nan, [], []
    for part in (slice(0, restart), slice(restart, None)):
        in_part = known[part]
        if in_part.any():
            path = list(_path(adjusted[part][in_part]))
            mean = path[-1]
            errors += list(adjusted[part][in_part][_BEGINNING:] - path[_BEGINNING:-1])
            of_counts += list(variances[part][in_part][_BEGINNING:])
    return Level(mean, tuple(effects.tolist()), _system_variance(errors, of_counts, dates))


def _path(values: Floats) -> Iterator[float]:
    """Yield the level before each value, and after the last."""
    level = float(np.median(values[:_BEGINNING]))
    yield level
    for value in values.tolist():
        level += _STEP * min(max(value - level, -_CLIP), _CLIP)
        yield level


def _system_variance(errors: list[float], of_counts: list[float], dates: int) -> float:
    if not errors:
        return math.inf
    about = np.asarray(errors) - np.median(errors)
    beyond = robust_variance(about) - float(np.median(of_counts))
    return max(beyond, _LEAST_SD**2) * dates / (dates - _BEGINNING - 1)
