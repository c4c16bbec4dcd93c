"""What a verdict would know of a drawn channel: estimates from its own history alone."""

from __future__ import annotations

import numpy as np

from crash_rate_aggregates.verdicts.arrays import LAGS, Floats
from crash_rate_aggregates.verdicts.day_variation import day_variation, weekday_effects
from crash_rate_aggregates.verdicts.releases.equal_age import drifts_over
from crash_rate_aggregates.verdicts.releases.looks import Channel
from simulations.releases.channel_history import History
from simulations.releases.channel_worlds import ChannelWorld
from simulations.releases.drawn_crashes import Arrivals, bursts

_DAYS = 56
_PHI_SPREAD = 0.25


def estimated(
    world: ChannelWorld,
    history: History,
    expected: Floats,
    arrivals: Arrivals,
    *,
    phi: float,
    rng: np.random.Generator,
) -> Channel:
    """Estimate the channel's variation from the days before the first version that is judged.

    Args:
        world: The channel.
        history: Its versions.
        expected: Crashes of a kind by version, day and cell.
        arrivals: How late days come.
        phi: As it is.
        rng: Draws.
    """
    today = int(history.first_days[history.judged[0]])
    # Complete dates only.
    days = slice(0, today - LAGS + 1)
    crashes = bursts(expected[:, days].sum(axis=(0, 2)), phi, rng)
    hours = history.hours[:, days].sum(axis=(0, 2))
    weekdays = np.arange(len(crashes)) % 7
    known = world.assumed_phi or max(1.0, phi * float(np.exp(_PHI_SPREAD * rng.standard_normal())))
    recent = slice(-_DAYS, None)
    variation = day_variation(crashes[recent], hours[recent], weekdays[recent], known)
    logs = np.log(np.maximum(crashes, 0.5) / hours)
    effects = weekday_effects(logs[recent], weekdays[recent])
    first = int(history.judged[0])
    gap = int(history.first_days[first] - history.first_days[first - 1])
    return Channel(
        phi=known,
        tau=variation.tau or 0.0,
        drift=drifts_over(logs - effects[weekdays], gap),
        late_variance=_late_variance(arrivals, days, weekdays),
        weekday_effect=effects,
    )


def _late_variance(arrivals: Arrivals, days: slice, weekdays: np.ndarray) -> Floats:
    """Return how much the log rate of a date varies by how much of it has come."""
    crashes, hours = (
        np.cumsum(one[days][-_DAYS:], axis=1) for one in (arrivals.crashes, arrivals.hours)
    )
    gains = np.log(crashes / hours)
    of_weekday = weekdays[-_DAYS:]
    for weekday in range(7):
        gains[of_weekday == weekday] -= gains[of_weekday == weekday].mean(axis=0)
    return np.asarray((gains**2).mean(axis=0) * _DAYS / (_DAYS - 7))
