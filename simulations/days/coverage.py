"""How often intervals of rates hold the channel's level, over windows of days and in roll-outs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.day_variation import DayVariation, day_variation
from crash_rate_aggregates.verdicts.intervals import (
    ASSUMED_PHI,
    ASSUMED_TAU,
    log_variance_of_days,
    rate_interval,
)
from simulations.cells import Aim, Cell, Counts, Measure
from simulations.days.channels import Bursts, Channel, Days, known_phi

_PART = "Intervals of rates"
_WINDOWS = (1, 3, 7, 14, 28)
_AGES = (1, 2, 3, 7)
_REACH, _AIM = Aim(0.92, 0.97), Aim(0.94, 0.96)
_RUNS = 600


def _covered(name: str) -> Measure:
    return Measure(name, _REACH, _AIM)


def _holds(days: Days, window: slice, phi: float, variation: DayVariation) -> float:
    """Tell by 1 or 0 whether the interval of a group's window holds its level.

    Args:
        days: Of the group.
        window: Which dates.
        phi: As the method believes.
        variation: Likewise.
    """
    crashes = days.crashes[window].sum(axis=1)
    hours = days.hours[window].sum(axis=1)
    level = float((days.level[window] * hours).sum() / hours.sum())
    log_variance = log_variance_of_days(crashes, variation.tau or 0, variation.memory)
    found = rate_interval(float(crashes.sum()), float(hours.sum()), phi, log_variance)
    return float(found.lower <= level <= found.upper)


def _variation(days: Days, history: int, phi: float) -> DayVariation:
    first = slice(0, history)
    crashes, hours = (table[first].sum(axis=1) for table in (days.crashes, days.hours))
    found = day_variation(crashes, hours, days.weekdays[first], phi)
    return replace(found, tau=ASSUMED_TAU) if found.tau is None else found


def windows(
    channel: Channel, history: int, assumed: bool, generator: np.random.Generator
) -> Counts:
    """Draw a channel, learn its variation, and look at the days that follow."""
    days = channel.draw(generator, history + max(_WINDOWS))
    phi = ASSUMED_PHI if assumed else known_phi(generator, channel)
    variation = _variation(days, history, phi)
    return {
        f"covered over {window} days": (
            _holds(days, slice(history, history + window), phi, variation),
            1.0,
        )
        for window in _WINDOWS
    }


def roll_out(channel: Channel, curve: Floats, generator: np.random.Generator) -> Counts:
    """Draw a version that takes over a share of the channel by its age in days."""
    history, ages = 56, max(_AGES)
    phi = known_phi(generator, channel)
    days = channel.draw(generator, history + ages)
    variation = _variation(days, history, phi)
    # Its days are the channel's: the same good and bad ones, at a level of its own.
    share = curve[:ages]
    level = days.level[history:] * np.exp(generator.normal(0, 0.2))
    hours = days.hours[history:].sum(axis=1) * share
    peculiar = np.exp(generator.normal(0, channel.day_sd, ages))
    crashes = channel.counts(generator, level * peculiar * hours / 1000)
    own = Days(hours[:, np.newaxis], crashes[:, np.newaxis], level, days.weekdays[history:])
    return {
        f"covered by age {age}": (_holds(own, slice(0, age), phi, variation), 1.0) for age in _AGES
    }


def _cell(name: str, channel: Channel, history: int = 56, *, assumed: bool = False) -> Cell:
    measures = tuple(_covered(f"covered over {window} days") for window in _WINDOWS)
    return Cell(_PART, name, _RUNS, measures, partial(windows, channel, history, assumed))


def _roll_out_cell(name: str, channel: Channel, curve: list[float]) -> Cell:
    measures = tuple(_covered(f"covered by age {age}") for age in _AGES)
    return Cell(_PART, name, _RUNS, measures, partial(roll_out, channel, np.array(curve)))


_NIGHTLY = Channel(hours=6e5, rate=8.0, day_sd=0.12)
CELLS = (
    _cell("release, days 5%", Channel()),
    _cell("release, days 5%, 28 days known", Channel(), 28),
    _cell("release, days 5%, 14 days known", Channel(), 14),
    _cell("release, days 5% with memory .3", Channel(memory=0.3)),
    _cell(
        "release, days 4% with long tails, cycle 8%", Channel(day_sd=0.04, tail_df=4, cycle=0.08)
    ),
    _cell(
        "beta, days 10%, phi 6 by two sizes",
        _beta := Channel(hours=1e6, day_sd=0.1, phi=6.0, bursts=Bursts.TWO_SIZES),
    ),
    _cell("nightly, days 12%, long tails", Channel(hours=6e5, rate=8.0, day_sd=0.12, tail_df=4)),
    _cell("5,000 h a day, days 20%, phi 2", Channel(hours=5e3, day_sd=0.2, phi=2.0)),
    _cell("500 h a day, independent crashes", Channel(hours=500, day_sd=0.1, phi=1.0)),
    _cell(
        "500 h a day, phi 3 assumed where 1 is true",
        Channel(hours=500, day_sd=0.1, phi=1.0),
        assumed=True,
    ),
    _cell(
        "50,000 h a day, phi 3 assumed where 6 is true", Channel(hours=5e4, phi=6.0), assumed=True
    ),
    _roll_out_cell(
        "release rolled out in a week", Channel(), [0.002, 0.02, 0.05, 0.1, 0.25, 0.5, 0.8]
    ),
    _roll_out_cell("beta, most on the first days", _beta, [0.15, 0.45, 0.6, 0.7, 0.7, 0.7, 0.7]),
    _roll_out_cell(
        "nightly build, gone in days", _NIGHTLY, [0.45, 0.4, 0.12, 0.03, 0.01, 0.005, 0.003]
    ),
)
