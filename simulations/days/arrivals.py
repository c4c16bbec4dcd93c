"""How late crashes and hours come in, in made-up worlds: shares by days late, date by date."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import expit, logit

from crash_rate_aggregates.verdicts.arrays import Floats

Curve = Callable[[Floats], Floats]
"""Share that came in, by hours since it happened."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """What comes at once, within a day or so, within days, and never within a week."""

    at_once: float
    soon: float
    """With a mean of 12 hours."""
    later: float
    """With a mean of 60 hours."""

    def __call__(self, hours: Floats) -> Floats:
        """Return the share that came in after so many hours."""
        soon, later = -np.expm1(-hours / 12), -np.expm1(-hours / 60)
        return np.asarray(self.at_once + self.soon * soon + self.later * later, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Digitised:
    """A published curve, between whose points lines are drawn over the logarithm of hours."""

    hours: tuple[float, ...]
    shares: tuple[float, ...]

    def __call__(self, hours: Floats) -> Floats:
        """Return the share that came in after so many hours; past the last point its share."""
        at = np.log(np.maximum(hours, 0.05))
        return np.asarray(np.interp(at, np.log(self.hours), self.shares), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Delays:
    """How a channel's pings come in."""

    crashes: Curve
    hours: Curve
    weekday_sd: float = 0.15
    """Of the logit of shares by weekday of the activity date, crashes and hours alike."""
    shared_sd: float = 0.08
    """Of what a date's shares of crashes and hours have in common, as a logit."""
    own_sd: float = 0.04
    """Of what each has on its own."""
    late_server: float = 0.03
    """Share of submission dates of which a part comes a day late."""

    def shares(self, generator: np.random.Generator, days: int) -> tuple[Floats, Floats]:
        """Draw the shares of crashes and of hours by date and days late, shape (days, 8) each."""
        weekdays = generator.normal(0, self.weekday_sd, 7)[np.arange(days) % 7]
        common = weekdays + generator.normal(0, self.shared_sd, days)
        tables = [
            _of_shift(curve, common + generator.normal(0, self.own_sd, days))
            for curve in (self.crashes, self.hours)
        ]
        late = generator.random(days + 8) < self.late_server
        moved = np.where(late, generator.uniform(0.2, 0.6, days + 8), 0.0)
        return _a_day_late(tables[0], moved), _a_day_late(tables[1], moved)


@cache
def _by_day(curve: Curve) -> tuple[float, ...]:
    """Return the share that came in by the end of day 0 to 6: happened at any hour of day 0."""
    hours = np.arange(0.05, 24 * 7, 0.1).reshape(7, -1)
    return tuple(curve(hours).mean(axis=1).tolist())


def _of_shift(curve: Curve, shifts: Floats) -> Floats:
    known = expit(logit(np.asarray(_by_day(curve))) + shifts[:, np.newaxis])
    whole = np.column_stack([np.zeros(len(shifts)), known, np.ones(len(shifts))])
    return np.asarray(np.diff(whole, axis=1), dtype=np.float64)


def _a_day_late(shares: Floats, moved: Floats) -> Floats:
    """Move a part of what a submission date brought to the next one; the last day keeps its own."""
    days, lags = np.indices(shares.shape)
    part = shares * moved[days + lags]
    part[:, -1] = 0
    later = shares - part
    later[:, 1:] += part[:, :-1]
    return np.asarray(later, dtype=np.float64)


RELEASE_2017 = Delays(Mixture(0.70, 0.07, 0.10), Mixture(0.33, 0.48, 0.12))
BETA_2017 = Delays(Mixture(0.71, 0.06, 0.11), Mixture(0.34, 0.36, 0.20))
RELEASE_TODAY = Delays(Mixture(0.86, 0.06, 0.06), Mixture(0.74, 0.15, 0.08))
NIGHTLY_TODAY = Delays(Mixture(0.84, 0.08, 0.06), Mixture(0.62, 0.25, 0.10))


_FIRST_LAGS = tuple(frozenset(range(number)) for number in range(9))


def stored_lags(activity: int, today: int, missing: Collection[int] = ()) -> frozenset[int]:
    """Return the days late of an activity date that are stored on the evening of a date."""
    known = _FIRST_LAGS[min(max(today - activity + 1, 0), 8)]
    return known - {date - activity for date in missing} if missing else known
