"""What a version's crashes and hours are to the comparisons: arrays by age, days late, stratum."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crash_rate_aggregates.verdicts.arrays import LAGS, Floats, Integers

MOST_AGES = 14
"""Ages that versions are compared at: what is said of one does not change once its life is over."""


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
    _so_far: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A version is looked at each evening, and beside many others: sums over lags, once. The
        # last age is one that has nothing.
        sums = np.cumsum(np.stack([self.hours, self.crashes]), axis=2)
        so_far = np.pad(sums, ((0, 0), (0, 1), (1, 0), (0, 0)))
        object.__setattr__(self, "_so_far", so_far)

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
        hours, crashes = self._so_far[:, self._held(ages), lags]
        return StratumSums(hours, crashes)

    def so_far(self, ages: Integers) -> Floats:
        """Return hours and crashes by age, number of submission dates (0 to 8), and stratum.

        Args:
            ages: Those that the arrays do not hold have nothing.
        """
        return np.asarray(self._so_far[:, self._held(ages)])

    def _held(self, ages: Integers) -> Integers:
        return np.where((ages >= 0) & (ages < self.ages), ages, self.ages)


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
