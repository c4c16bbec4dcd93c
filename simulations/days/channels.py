"""Made-up days of a channel: hours, crashes, and the rate that was to be expected of each date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from crash_rate_aggregates.verdicts.arrays import Floats
from simulations.days.arrivals import RELEASE_TODAY, Delays

_SATURDAY = 5
Weekdays = NDArray[np.int_]


class Bursts(Enum):
    """How many crashes come from one client, once it crashes."""

    GEOMETRIC = auto()
    """Each client as often as a coin falls the same way."""
    TWO_SIZES = auto()
    """Most once, some twenty times."""


@dataclass(frozen=True, slots=True)
class Days:
    """What was drawn; shapes (D,) and (D, 8)."""

    hours: Floats
    """Usage hours by activity date and days late."""
    crashes: Floats
    """Likewise."""
    level: Floats
    """Crashes per 1,000 hours to be expected, without what is peculiar to the day."""
    weekdays: Weekdays
    """0 is Monday."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel in a world: every number may differ from cell to cell."""

    hours: float = 3e7
    """Usage hours a day."""
    rate: float = 4.0
    """Crashes per 1,000 hours."""
    day_sd: float = 0.05
    """Of a day's log rate about its level."""
    memory: float = 0.0
    """Correlation of a day with the day before: AR(1)."""
    tail_df: float = 0.0
    """Degrees of freedom of days that follow Student's t; 0 for normal ones."""
    drift: float = 0.004
    """Standard deviation of the daily step of the level."""
    cycle: float = 0.03
    """Amplitude of a cycle of 28 days in the log rate."""
    weekday_sd: float = 0.03
    """Of the weekdays' log rates."""
    weekend: float = 0.75
    """Hours of a Saturday or Sunday over those of other days."""
    hours_sd: float = 0.02
    """Of a day's log hours."""
    phi: float = 3.0
    """Variance of counts over their mean."""
    bursts: Bursts = Bursts.GEOMETRIC
    lone_machine: float = 0.0
    """Share of days on which one machine crashes 10 to 500 times."""
    delays: Delays = RELEASE_TODAY

    def draw(
        self,
        generator: np.random.Generator,
        days: int,
        factors: Callable[[Floats], Floats] = lambda levels: levels,
        hour_factors: Floats | float = 1.0,
    ) -> Days:
        """Draw days in a row; the first is a Monday.

        Args:
            generator: Of this run.
            days: How many.
            factors: What an event makes of the levels of the dates.
            hour_factors: What an event makes of the hours.
        """
        weekdays = np.arange(days) % 7
        level = factors(self.rate * np.exp(self._level(generator, weekdays)))
        hours = self.hours * np.where(weekdays >= _SATURDAY, self.weekend, 1.0) * hour_factors
        hours = hours * np.exp(generator.normal(0, self.hours_sd, days))
        of_crashes, of_hours = self.delays.shares(generator, days)
        expected = level * np.exp(self._peculiar(generator, days)) * hours / 1000
        crashes = self.counts(generator, expected[:, np.newaxis] * of_crashes)
        lone = generator.random(days) < self.lone_machine
        crashes[:, 0] += np.where(lone, np.exp(generator.uniform(2.3, 6.2, days)).round(), 0)
        return Days(hours[:, np.newaxis] * of_hours, crashes, level, weekdays)

    def counts(self, generator: np.random.Generator, means: Floats) -> Floats:
        """Draw counts that have the channel's phi."""
        if self.bursts is Bursts.TWO_SIZES:
            size = 20.0
            large = (self.phi - 1) / (size - 1)
            drawn = generator.poisson(means * (1 - large)) + size * generator.poisson(
                means * large / size
            )
        else:
            # A sum of geometric sizes, which have the mean 1/q and the dispersion 2/q - 1.
            q = 2 / (self.phi + 1)
            clients = generator.poisson(means * q)
            more = generator.negative_binomial(np.maximum(clients, 1), q) if q < 1 else 0
            drawn = clients + np.where(clients > 0, more, 0)
        return np.asarray(drawn, dtype=np.float64)

    def _level(self, generator: np.random.Generator, weekdays: Weekdays) -> Floats:
        days = len(weekdays)
        phase = generator.uniform(0, 2 * np.pi)
        walk = np.cumsum(generator.normal(0, self.drift, days))
        cycle = self.cycle * np.sin(2 * np.pi * np.arange(days) / 28 + phase)
        of_weekday = generator.normal(0, self.weekday_sd, 7)[weekdays]
        return np.asarray(walk + cycle + of_weekday, dtype=np.float64)

    def _peculiar(self, generator: np.random.Generator, days: int) -> Floats:
        if self.tail_df:
            drawn = generator.standard_t(self.tail_df, days)
            # Student's t has the variance df / (df - 2).
            return np.asarray(self.day_sd * drawn * np.sqrt(1 - 2 / self.tail_df), dtype=np.float64)
        steps = generator.normal(0, self.day_sd, days)
        if not self.memory:
            return steps
        values = np.empty(days)
        values[0] = steps[0]
        for day in range(1, days):
            values[day] = self.memory * values[day - 1] + steps[day] * np.sqrt(1 - self.memory**2)
        return values


def known_phi(generator: np.random.Generator, channel: Channel, error: float = 0.15) -> float:
    """Return a channel's phi as a table of clients tells it: with an error, and at least 1."""
    return max(1.0, channel.phi * float(np.exp(generator.normal(0, error))))
