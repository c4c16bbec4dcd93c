"""What a version's crashes and hours are to the comparisons: arrays by age, days late, stratum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
LAGS = 8
"""Submission dates that tell of an activity date: its own and the seven after it."""


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

    @property
    def ages(self) -> int:
        """Days that the arrays hold."""
        return len(self.hours)

    def stored_lags(self, today: int) -> Integers:
        """Return of how many submission dates each age is known on the evening of a day, 0 to 8.

        Args:
            today: The last submission date that is read, as `date.toordinal` counts.
        """
        first = self.first_day + np.arange(self.ages)
        return np.clip(today - first + 1, 0, LAGS)


@dataclass(frozen=True, slots=True)
class StratumSums:
    """Sums over days late."""

    hours: Floats
    """By age and stratum."""
    crashes: Floats
    """Likewise."""


def sums_within(version: VersionDays, ages: Integers, lags: Integers) -> StratumSums:
    """Return what had come of some ages by so many submission dates.

    Args:
        version: Whose days.
        ages: Each from 0 to below `version.ages`.
        lags: For each of the ages, how many submission dates count, from 0 to 8.
    """
    counts = np.arange(LAGS) < lags[:, np.newaxis]
    return StratumSums(
        np.einsum("alc,al->ac", version.hours[ages], counts),
        np.einsum("alc,al->ac", version.crashes[ages], counts),
    )


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
