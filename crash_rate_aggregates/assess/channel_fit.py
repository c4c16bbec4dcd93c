"""What a channel's history teaches: how its crashes vary, and how late they come."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from crash_rate_aggregates.questions.inputs.channel_days import ChannelDays
from crash_rate_aggregates.verdicts.arrays import LAGS, Floats
from crash_rate_aggregates.verdicts.day_variation import (
    DayVariation,
    day_variation,
    log_ratio,
    weekday_effects,
)
from crash_rate_aggregates.verdicts.delays import Delay, fit_delay
from crash_rate_aggregates.verdicts.intervals import ASSUMED_PHI, ASSUMED_TAU, log_variance_of_days

_WEEK = 7
FITTED_DATES = 56
"""Complete activity dates that are learnt from, the newest."""


# Without slots, for what is kept once it was computed: each release of the channel asks for it.
@dataclass(frozen=True)
class KindFit:
    """One kind of crash in one channel, as it is known on an evening."""

    days: ChannelDays
    crashes: Floats
    """By activity date and days late; NaN where a day did not count them."""
    burst_factor: float | None
    """Measured; None where no clients tell it."""
    variation: DayVariation
    _delays: dict[frozenset[int], Delay | None] = field(default_factory=dict)

    @property
    def phi(self) -> float:
        """Variance of a count over its mean, assumed where it is not known."""
        return ASSUMED_PHI if self.burst_factor is None else self.burst_factor

    @cached_property
    def tau(self) -> float:
        """Relative standard deviation of one day beyond counts, assumed where it is not known."""
        return self._sd_of_mean(1)

    @property
    def week_tau(self) -> float:
        """What it would be if days were independent and a week varied as much as it does.

        Where good and bad days come in a row, a week varies more than its days tell. The rates of
        the database sum up days as if they were independent: with this they are right for a week,
        and too wide for one day.
        """
        return math.sqrt(_WEEK) * self._sd_of_mean(_WEEK)

    def _sd_of_mean(self, days: int) -> float:
        tau = ASSUMED_TAU if self.variation.tau is None else self.variation.tau
        memory = 0.0 if self.variation.tau is None else self.variation.memory
        return math.sqrt(log_variance_of_days(np.ones(days), tau, memory))

    def delay(self, lags: Collection[int]) -> Delay | None:
        """Return what dates of which these days late are stored are worth; None if unknown."""
        stored = frozenset(lags)
        if stored not in self._delays:
            rows = newest_complete(self.days, self.crashes)
            self._delays[stored] = fit_delay(
                self.days.hours[rows],
                self.crashes[rows],
                self.days.weekdays[rows],
                self.phi,
                stored,
            )
        return self._delays[stored]

    @cached_property
    def late_variance(self) -> Floats:
        """Return the variance of delays by the number of submission dates stored, 1 to 8."""
        delays = [self.delay(range(number)) for number in range(1, LAGS + 1)]
        return np.array([0.0 if one is None else one.log_variance for one in delays])

    @cached_property
    def _log_rates(self) -> Floats:
        """The log rate of each activity date, NaN of those that are not complete."""
        counts = complete_counts(self.days, self.crashes)
        return log_ratio(counts, self.days.hours.sum(axis=1))

    @cached_property
    def weekday_effects(self) -> Floats:
        """How far each weekday's log rate lies from its week, Monday first."""
        return weekday_effects(self._log_rates, self.days.weekdays)

    @cached_property
    def level_rates(self) -> Floats:
        """Log rates of complete dates, oldest first, each less its weekday's effect."""
        adjusted = self._log_rates - self.weekday_effects[self.days.weekdays]
        return np.asarray(adjusted[np.isfinite(adjusted)])


def fit_kind(days: ChannelDays, kind: str, burst_factor: float | None) -> KindFit:
    """Learn from a channel's complete dates.

    Args:
        days: Of the channel, up to the evening.
        kind: One that the channel has.
        burst_factor: Of the kind's crashes, where clients tell it.
    """
    crashes = days.crashes[kind]
    counts, weekdays = complete_counts(days, crashes), days.weekdays
    phi = ASSUMED_PHI if burst_factor is None else burst_factor
    first = newest_complete(days, crashes)[:1].sum()
    variation = day_variation(counts[first:], days.hours[first:].sum(axis=1), weekdays[first:], phi)
    return KindFit(days, crashes, burst_factor, variation)


def fit_kinds(days: ChannelDays, factors: Mapping[str, float | None]) -> dict[str, KindFit]:
    """Return the fits of all kinds that the channel has.

    Args:
        days: Of the channel.
        factors: Burst factors by kind, as far as there are any.
    """
    return {kind: fit_kind(days, kind, factors.get(kind)) for kind in days.crashes}


def newest_complete(days: ChannelDays, crashes: Floats) -> npt.NDArray[np.int64]:
    """Return the rows of the newest 56 dates of which all 8 submission dates counted the kind."""
    known = days.complete & np.isfinite(crashes).all(axis=1)
    return np.flatnonzero(known)[-FITTED_DATES:]


def complete_counts(days: ChannelDays, crashes: Floats) -> Floats:
    """Return the crashes of each activity date, 0 of those that are not complete.

    So dates stay in a row, and one that is missing parts those around it.
    """
    complete = days.complete & np.isfinite(crashes).all(axis=1)
    return np.where(complete, np.nan_to_num(crashes).sum(axis=1), 0.0)
