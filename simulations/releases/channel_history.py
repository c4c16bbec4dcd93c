"""A drawn channel: which versions its users ran on each day, and how likely these crashed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats, Integers
from simulations.releases.channel_worlds import ChannelWorld, Rollout

BEFORE = 64
"""Days before the first version that is drawn: a history to estimate from."""
AGES = 14
"""Of a new version that are compared."""
FIRST_DAY = 738_998
"""Ordinal of the first day drawn, a Monday."""
_SYSTEMS = np.array([0.82, 0.11, 0.07])
_COUNTRIES = np.array([0.45, 0.55])
_SYSTEM_OF_CELL = np.repeat(np.arange(3), 2)
CELL_SHARES = np.outer(_SYSTEMS, _COUNTRIES).ravel()
"""Of hours: three systems, Windows first, by two classes of countries."""
WEEKDAY_HOURS = np.array([1.05, 1.06, 1.06, 1.05, 1.02, 0.87, 0.89])
"""[chosen] Monday first."""
_TAKEN_BY = 0.97


@dataclass(frozen=True, slots=True)
class History:
    """What one run draws for all kinds of crashes."""

    first_days: Integers
    """Of the versions, counted from the history's first day."""
    days: int
    hours: Floats
    """Expected, by version, day and cell."""
    ran_by: Floats
    """Of the users of a cell, ordered by how soon they update (0 to 1), the middle of those who run
    the version on the day; likewise."""
    judged: Integers
    """Which versions are judged."""
    holiday: int | None
    """Its day, if there is one."""


def draw_history(world: ChannelWorld, rng: np.random.Generator) -> History:
    """Draw which versions users run."""
    number = world.pairs * world.sort + world.judged + 2
    start = int(rng.integers(len(world.gaps)))
    gaps = [world.gaps[(start + one) % len(world.gaps)] for one in range(number - 1)]
    first_days = BEFORE + np.concatenate([[0], np.cumsum(gaps)])
    judged = np.arange(number - world.judged, number)
    days = int(first_days[-1]) + AGES + 8
    holiday = int(first_days[judged[0]] + rng.integers(7)) if world.holiday else None
    used = _hours_of_days(days, holiday, rng)
    upper = _updated(world.rollout, first_days, days, rng)
    lower = np.concatenate([upper[1:], np.zeros_like(upper[:1])])
    # Whoever has the next version has left this one; the oldest is what all others run.
    hours = world.daily_hours * used * CELL_SHARES * (upper - lower)
    return History(first_days, days, hours, 1 - (upper + lower) / 2, judged, holiday)


def _hours_of_days(days: int, holiday: int | None, rng: np.random.Generator) -> Floats:
    """Return of each day and cell how much it is used, in the mean 1."""
    used = WEEKDAY_HOURS[np.arange(days) % 7] * np.exp(0.012 * rng.standard_normal(days))
    by_cell = np.repeat(used[:, np.newaxis], len(CELL_SHARES), axis=1)
    if holiday is not None:
        by_cell[holiday] *= 0.75
        # Somewhere it is none.
        by_cell[holiday, ::2] *= 0.6
    return by_cell


def _updated(rollout: Rollout, first_days: Integers, days: int, rng: np.random.Generator) -> Floats:
    """Return by version, day and cell the share of users that run it or a newer one."""
    number = len(first_days)
    ages = np.arange(days) - first_days[:, np.newaxis]
    hazards = rollout.hazard * np.exp(rollout.hazard_spread * rng.standard_normal((number, 1)))
    least, most = rollout.throttled
    throttled = rng.integers(least, most + 1, (number, 1))
    by_system = []
    for system in range(len(_SYSTEMS)):
        offered = np.where(ages < throttled - (system > 0), 0.25, 1.0)
        offered = np.where(ages == 0, rollout.first_day * offered, offered)
        taken = np.cumsum(np.where(ages < 0, 0.0, hazards * offered), axis=1)
        by_system.append(_TAKEN_BY * -np.expm1(-taken))
    shares = np.stack(by_system, axis=2)[:, :, _SYSTEM_OF_CELL]
    shares[0] = 1.0
    return np.asarray(np.maximum.accumulate(shares[::-1], axis=0)[::-1])
