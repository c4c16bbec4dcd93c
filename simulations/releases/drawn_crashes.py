"""Crashes of one kind in a drawn channel, and on which submission dates they and the hours come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crash_rate_aggregates.verdicts.arrays import LAGS, Floats
from crash_rate_aggregates.verdicts.releases.version_days import VersionDays
from simulations.releases.channel_history import (
    AGES,
    CELL_SHARES,
    FIRST_DAY,
    History,
)
from simulations.releases.channel_worlds import (
    AT_ONCE_LAGS,
    AT_ONCE_SHARE,
    HOUR_LAGS,
    ChannelWorld,
)

_EXCESS = 0.40
"""Of the logarithm of a new version's rate on its first day. With the slope below, rates until 7.7
days are 1.37 times those of later, and vary by 3% from version to version; three versions of 2018
had 1.40, 1.36, 1.40 for main and 1.44, 1.55, 1.45 for content crashes ([published] Mission
Control's snapshots)."""
_EXCESS_DAYS = 8.0
_EARLY_SLOPE = 0.25
"""How much more the first to update crash than the last, of the logarithm."""
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How late the days of a channel come: shares by day and lag."""

    hours: Floats
    crashes: Floats


def draw_arrivals(history: History, rng: np.random.Generator) -> Arrivals:
    """Draw how late each day comes, its hours and its crashes not quite alike."""
    shift = 0.12 * rng.standard_normal(history.days)
    own = 0.08 * rng.standard_normal(history.days)
    if history.holiday is not None:
        shift[history.holiday] -= 0.5
    hours = _shifted(np.array(HOUR_LAGS), shift)
    # Machines in offices that are shut down on Friday send on Monday.
    fridays = np.arange(history.days) % 7 == _FRIDAY
    hours[fridays, 1] -= 0.06
    hours[fridays, 3] += 0.06
    at_once = _shifted(np.array(AT_ONCE_LAGS), 0.6 * shift + own)
    return Arrivals(hours, AT_ONCE_SHARE * at_once + (1 - AT_ONCE_SHARE) * hours)


def draw_rates(
    world: ChannelWorld, history: History, scale: float, rng: np.random.Generator
) -> Floats:
    """Draw crashes per hour by version, day and cell.

    Versions that are judged are as good as their predecessors.

    Args:
        world: The channel.
        history: Its versions.
        scale: Of the kind's rate beside that of main crashes.
        rng: Draws.
    """
    number = len(history.first_days)
    steps = world.between_versions * rng.standard_normal(number)
    steps[history.judged] = 0.0
    if world.regression_before:
        worse = int(rng.integers(1, history.judged[0] - 1))
        # It is worse by half, and the next one is not any more.
        steps[worse : worse + 2] += 0.405, -0.405
    ages = np.arange(history.days) - history.first_days[:, np.newaxis]
    excess = _EXCESS + world.excess_sd * rng.standard_normal((number, 1))
    lasts = _EXCESS_DAYS * np.exp(0.2 * rng.standard_normal((number, 1)))
    own = excess * np.exp(-np.maximum(ages, 0) / lasts)
    own += np.cumsum(steps)[:, np.newaxis] + _days(world, history, rng)
    own += world.interaction_sd * rng.standard_normal(ages.shape)
    slopes = _EARLY_SLOPE + world.slope_sd * rng.standard_normal((number, 1, 1))
    cells = 0.4 * rng.standard_normal(len(CELL_SHARES))
    logs = own[:, :, np.newaxis] + slopes * (0.5 - history.ran_by) + cells
    return np.asarray(scale * world.crashes_per_hour * np.exp(logs))


def draw_versions(
    history: History,
    expected: Floats,
    arrivals: Arrivals,
    phi: float,
    rng: np.random.Generator,
    *,
    versions: Sequence[int],
) -> dict[int, VersionDays]:
    """Draw the counts of some versions, crashes in bursts.

    Args:
        history: The channel's versions.
        expected: Crashes by version, day and cell.
        arrivals: How late days come.
        phi: Variance of a count over its mean.
        rng: Draws.
        versions: Which.
    """
    found = {}
    for version in versions:
        first = int(history.first_days[version])
        last = min(history.days, first + AGES + _longest_gap(history))
        hours = _late(arrivals.hours[first:last], rng)
        crashes = arrivals.crashes[first:last]
        found[version] = VersionDays(
            FIRST_DAY + first,
            history.hours[version, first:last, np.newaxis] * hours[:, :, np.newaxis],
            bursts(expected[version, first:last, np.newaxis] * crashes[:, :, np.newaxis], phi, rng),
        )
    return found


def bursts(expected: Floats, phi: float, rng: np.random.Generator) -> Floats:
    """Draw counts of which each machine's crashes come together, geometrically many.

    Geometric bursts with p = 2/(1 + phi) have E s^2/E s = phi.
    """
    chance = 2 / (1 + phi)
    machines = rng.poisson(expected * chance)
    if phi == 1.0:
        return machines.astype(np.float64)
    more = rng.negative_binomial(np.maximum(machines, 1), chance)
    return np.where(machines > 0, machines + more, 0).astype(np.float64)


def _longest_gap(history: History) -> int:
    return int(np.diff(history.first_days).max())


def _late(lags: Floats, rng: np.random.Generator) -> Floats:
    """Return a version's shares by lag: on its first day sessions are still running."""
    logits = 0.03 * rng.standard_normal(len(lags))
    logits[0] -= 0.4 + 0.1 * rng.standard_normal()
    return _shifted(lags, logits)


def _shifted(shares: Floats, logits: Floats) -> Floats:
    """Return shares by day and lag of which the first lag's logit is moved, the others in step."""
    by_day = np.broadcast_to(shares, (len(logits), LAGS))
    first = by_day[:, :1]
    moved = 1 / (1 + (1 / first - 1) * np.exp(-logits[:, np.newaxis]))
    rest = by_day[:, 1:] * (1 - moved) / (1 - first)
    return np.concatenate([moved, rest], axis=1)


def _days(world: ChannelWorld, history: History, rng: np.random.Generator) -> Floats:
    """Return the logarithm of what a day multiplies all rates with."""
    steps = rng.standard_t(4, history.days) / np.sqrt(2) * np.sqrt(0.75) * world.day_sd
    days = np.zeros(history.days)
    for day in range(1, history.days):
        days[day] = 0.5 * days[day - 1] + steps[day]
    weekdays = 0.06 * rng.standard_normal(7)
    days += weekdays[np.arange(history.days) % 7]
    if history.holiday is not None:
        days[history.holiday] += 0.1
    return np.asarray(days + np.cumsum(world.drift_sd * rng.standard_normal(history.days)))
