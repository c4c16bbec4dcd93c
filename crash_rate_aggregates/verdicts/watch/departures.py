"""How far a date lies from its level, and how far it may."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from crash_rate_aggregates.verdicts.count_limits import lower_limit
from crash_rate_aggregates.verdicts.quantiles import Z95, normal_upper
from crash_rate_aggregates.verdicts.watch.level import Level

MANY_HOURS = 1e6
"""Usage hours a day from which on a channel is watched more closely."""
LEAST_HOURS = 1000.0
"""Usage hours: where so many were to be expected, none at all are an alarm."""
_ONE_TAIL, _TWO_TAIL = 1e-4, 0.002
_LEAST_RISE = math.log(1.1)
_ONE_MISSING, _TWO_MISSING = math.log(1 / 0.7), math.log(1 / 0.85)
_QUIET_MISSING = math.log(1 / 0.5)


@dataclass(frozen=True, slots=True)
class Strictness:
    """How many standard deviations a date may lie from its level."""

    one: float
    """One date alone."""
    two: float
    """Each of two dates running."""


CLOSE, LOOSE = Strictness(4.5, 3.2), Strictness(5.0, 3.5)
"""Of channels with many hours, and of others."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A date's distance from its level in the direction that is watched; logarithms."""

    distance: float
    """Above 0 in the direction watched."""
    one: float
    """Beyond this the date alone is an alarm."""
    two: float
    """Beyond this it is one together with its neighbour."""
    observed: float
    """The measure itself, corrected for what is still to come: a rate per 1,000 hours, or hours."""
    ratio: float
    """Observed over expected."""
    sd: float
    """Of the logarithm of the ratio, counts included."""

    @property
    def stands_out(self) -> bool:
        """Whether the date is an alarm alone."""
        return self.distance > self.one

    @property
    def is_high(self) -> bool:
        """Whether it is one if its neighbour is high too."""
        return self.distance > self.two

    @property
    def is_back(self) -> bool:
        """Whether it lies as if nothing were wrong."""
        return self.distance < self.two / 2

    def limits(self) -> tuple[float, float]:
        """Return the 95% interval of the ratio."""
        factor = math.exp(Z95 * self.sd)
        return self.ratio / factor, self.ratio * factor


class Dated(Protocol):
    """What is measured of an activity date."""

    @property
    def hours(self) -> float:
        """Usage hours so far."""

    @property
    def log_value(self) -> float:
        """Logarithm of what is measured, corrected for what is still to come; NaN if not known."""

    @property
    def variance(self) -> float:
        """Variance of `log_value` by counts and delays."""

    def departure(self, level: Level, weekday: int, strictness: Strictness) -> Departure | None:
        """Return how far the date lies from the level; None where it is not known."""


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A date's rate of one kind of crash."""

    crashes: float
    """So far."""
    hours: float
    """Usage hours so far."""
    log_bias: float
    """Of `Delay`; 0 of a complete date, NaN where nothing is known of delays."""
    log_variance: float
    """Likewise."""
    phi: float
    """Variance of a count over its mean."""

    @property
    def log_value(self) -> float:
        """The logarithm of crashes per 1,000 hours, corrected; NaN where it is not known.

        With half a crash more, so that a date without any has one.
        """
        if self.hours <= 0:
            return math.nan
        return math.log(1000 * (self.crashes + 0.5) / self.hours) - self.log_bias

    @property
    def variance(self) -> float:
        """Variance of `log_value` by counts and delays."""
        return self.phi / (self.crashes + 0.5) + self.log_variance

    def departure(self, level: Level, weekday: int, strictness: Strictness) -> Departure | None:
        """Return how far the rate lies above its level; None where it is not known.

        Beyond the days' variation it must lie by what a count of so many may be too high by.
        """
        expected = level.expected(weekday)
        distance = self.log_value - expected
        if math.isnan(distance):
            return None
        variance = level.system_variance + self.log_variance
        one = math.hypot(strictness.one * math.sqrt(variance), self._count_distance())
        shrink = normal_upper(_TWO_TAIL) / normal_upper(_ONE_TAIL)
        two = math.hypot(strictness.two * math.sqrt(variance), self._count_distance() * shrink)
        return Departure(
            distance,
            max(one, _LEAST_RISE),
            max(two, _LEAST_RISE),
            observed=math.exp(self.log_value),
            ratio=math.exp(distance),
            sd=math.sqrt(level.system_variance + self.variance),
        )

    def _count_distance(self) -> float:
        lower = float(lower_limit(self.crashes, self.phi, _ONE_TAIL))
        return math.log(self.crashes / lower) if lower > 0 else math.inf


@dataclass(frozen=True, slots=True)
class DatedHours:
    """A date's usage hours."""

    hours: float
    """So far."""
    log_share: float
    """Of `HoursShare`; 0 of a complete date, NaN where nothing is known of delays."""
    log_variance: float
    """Likewise."""
    is_quiet: bool = False
    """Whether people are known to be away, like at the end of the year."""

    @property
    def log_value(self) -> float:
        """The logarithm of the hours in the end; minus infinity without any, NaN if not known."""
        return (math.log(self.hours) if self.hours > 0 else -math.inf) - self.log_share

    @property
    def variance(self) -> float:
        """Variance of `log_value` by delays."""
        return self.log_variance

    def departure(self, level: Level, weekday: int, strictness: Strictness) -> Departure | None:
        """Return how far the hours lie below their level; None where it is not known.

        Without any hours there is no distance to measure: an alarm if there ought to be some.
        """
        expected = level.expected(weekday)
        distance = expected - self.log_value
        too_few_expected = math.exp(expected + self.log_share) < LEAST_HOURS
        if math.isnan(distance) or (math.isinf(distance) and too_few_expected):
            return None
        sd = math.sqrt(level.system_variance + self.log_variance)
        one, two = (_QUIET_MISSING,) * 2 if self.is_quiet else (_ONE_MISSING, _TWO_MISSING)
        return Departure(
            distance,
            max(strictness.one * sd, one),
            max(strictness.two * sd, two),
            observed=math.exp(self.log_value),
            ratio=math.exp(-distance),
            sd=sd,
        )
