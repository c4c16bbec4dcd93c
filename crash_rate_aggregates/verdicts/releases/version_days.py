"""What a version's crashes and hours are to the comparisons: arrays by age, days late, stratum."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
LAGS = 8
"""Submission dates that tell of an activity date: its own and the seven after it."""


@dataclass(frozen=True, slots=True)
class StratumSums:
    """Sums over days late."""

    hours: Floats
    """By age and stratum; of several versions, by version first."""
    crashes: Floats
    """Likewise."""


@dataclass(frozen=True, slots=True)
class VersionDays:
    """A version's days, as far as they are stored."""

    first_day: int
    """Activity date of age 0, as `date.toordinal` counts."""
    hours: Floats
    """Usage hours by age in days, days late (0 to 7: submission less activity date) and stratum (a
    system, architecture and class of countries); the strata of all versions of a comparison are the
    same, in the same order. 0 where there is nothing, or nothing yet."""
    crashes: Floats
    """Crashes of one kind, likewise."""
    _hours_within: Floats = field(init=False, repr=False, compare=False)
    _crashes_within: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A version is looked at each evening, and beside many others: sums over lags, once.
        for name in ("hours", "crashes"):
            sums = np.cumsum(getattr(self, name), axis=1)
            nothing = np.zeros_like(sums[:, :1])
            within = np.concatenate([nothing, sums], axis=1)
            object.__setattr__(self, f"_{name}_within", within)

    @property
    def ages(self) -> int:
        """Days that the arrays hold."""
        return len(self.hours)

    def stored_lags(self, today: int) -> Integers:
        """Return of how many submission dates each age is known on the evening of a day, 0 to 8.

        Args:
            today: The last submission date that is read, as `date.toordinal` counts.
        """
        return lags_known(self.first_day, np.arange(self.ages), today)

    def within(self, ages: Integers, lags: Integers) -> StratumSums:
        """Return what had come of some ages by so many submission dates.

        Args:
            ages: Those that the arrays do not hold have nothing.
            lags: For each of the ages, how many submission dates count, from 0 to 8.
        """
        held = np.minimum(np.maximum(ages, 0), self.ages - 1)
        known = np.where(held == ages, lags, 0)
        return StratumSums(self._hours_within[held, known], self._crashes_within[held, known])


def lags_known(first_day: int, ages: Integers, today: int) -> Integers:
    """Return of how many submission dates ages are known on the evening of a day, 0 to 8.

    Args:
        first_day: Activity date of age 0, as `date.toordinal` counts.
        ages: In days.
        today: The last submission date that is read, likewise.
    """
    # np.clip does the same, ten times slower.
    return np.minimum(np.maximum(today + 1 - first_day - ages, 0), LAGS)


def hours_submitted(version: VersionDays, today: int, most_ages: int) -> float:
    """Return the usage hours that came on one submission date: a version's adoption on that day.

    Args:
        version: Whose days.
        today: The submission date, as `date.toordinal` counts.
        most_ages: Only ages below it count.
    """
    ages = np.arange(min(version.ages, most_ages))
    lags = today - version.first_day - ages
    told = (lags >= 0) & (lags < LAGS)
    return float(version.hours[ages[told], lags[told]].sum())
