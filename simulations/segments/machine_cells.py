"""Cells of few machines or many, and of the factor by which crashes come in bursts."""

from __future__ import annotations

from functools import partial

import numpy as np

from crash_rate_aggregates.rows import CRASH_BUCKETS
from crash_rate_aggregates.verdicts.arrays import Integers
from crash_rate_aggregates.verdicts.few_machines import (
    ClientDays,
    Machines,
    burst_factor,
    few_or_many,
)
from simulations.cells import Aim, Cell, Counts, Measure
from simulations.segments.populations import Draws

PART = "few machines"
_ACTIVE = 50_000
_DAYS = 28
_LONG = 56
_MOST = 60
"""Crashes of an ordinary client in a day."""
_WITHIN = 0.25
"""Relative error of the factor up to which it is right."""
_EDGES = np.array([at_least for at_least, _ in CRASH_BUCKETS.values()])


def name_machines(
    clients: int, each: int, right: Machines, expected: float, draws: Draws
) -> Counts:
    """Draw days, and one on which so many clients more crash so often each.

    Args:
        clients: Of the spike.
        each: Their crashes, on average.
        right: Who they are.
        expected: Crashing clients of an ordinary day.
        draws: Chance.
    """
    before = _client_days([_ordinary(expected, draws) for _ in range(_DAYS)], draws)
    spike = np.maximum(1, draws.poisson(each, clients)) if each > 1 else np.ones(clients, int)
    now = _client_days([np.concatenate([_ordinary(expected, draws), spike])], draws)
    word = few_or_many(before, now).machines
    wrong = {Machines.FEW, Machines.MANY} - {right}
    return {
        "the right word": (float(word == right), 1.0),
        "the other word": (float(word in wrong), 1.0),
    }


def estimate_factor(expected: float, machine: int, days: int, draws: Draws) -> Counts:
    """Draw 56 days, on some of which one machine ran wild, and compare the factor with the truth.

    Args:
        expected: Crashing clients of a day.
        machine: Crashes of that machine a day.
        days: Days running on which it is there.
        draws: Chance.
    """
    drawn = [_ordinary(expected, draws) for _ in range(_LONG)]
    first = int(draws.integers(_LONG - days + 1))
    for day in range(first, first + days):
        drawn[day] = np.append(drawn[day], machine)
    squares = [float((day**2).sum()) for day in drawn]
    factor = burst_factor(squares, [float(day.sum()) for day in drawn], np.arange(_LONG))
    true = float((_SIZES**2 * _WEIGHTS).sum() / (_SIZES * _WEIGHTS).sum())
    right = factor is not None and abs(factor / true - 1) <= _WITHIN
    return {"within a quarter of the truth": (float(right), 1.0)}


_SIZES = np.arange(1, _MOST + 1)
_WEIGHTS = _SIZES**-2.7 / (_SIZES**-2.7).sum()
"""Of how often a client that crashes does so in a day: a power law, as of bad hardware."""


def _ordinary(expected: float, draws: Draws) -> Integers:
    # Days differ by more than chance.
    level = expected * np.exp(0.05 * draws.standard_normal())
    crashes: Integers = draws.choice(_SIZES, draws.poisson(level), p=_WEIGHTS)
    return crashes


def _client_days(days: list[Integers], draws: Draws) -> ClientDays:
    active = np.round(_ACTIVE * np.exp(0.05 * draws.standard_normal(len(days))))
    buckets = [np.searchsorted(_EDGES, day, "right") - 1 for day in days]
    pairs = list(zip(buckets, days, strict=True))
    clients = np.array([np.bincount(bucket, minlength=len(_EDGES)) for bucket in buckets])
    crashes = np.array([np.bincount(bucket, day, len(_EDGES)) for bucket, day in pairs])
    return ClientDays(active, clients.astype(np.float64), crashes)


_RIGHT = Measure("the right word", Aim(at_least=0.95), Aim(at_least=0.99))
_OFTEN_RIGHT = Measure("the right word")
_OFTEN_OTHER = Measure("the other word")
_OTHER = Measure("the other word", Aim(at_most=0.01), Aim(at_most=0.001))
_NEAR = Measure("within a quarter of the truth", Aim(at_least=0.95), Aim(at_least=0.99))


def _spike(clients: int, each: int, right: Machines, *measures: Measure) -> Cell:
    name = f"{clients} x {each} more on 370 crashing clients"
    simulate = partial(name_machines, clients, each, right, 370.0)
    return Cell(PART, name, 1000, measures or (_RIGHT, _OTHER), simulate)


def _factor(name: str, expected: float, machine: int, days: int) -> Cell:
    return Cell(PART, name, 1000, (_NEAR,), partial(estimate_factor, expected, machine, days))


CELLS: tuple[Cell, ...] = (
    _spike(1, 500, Machines.FEW),
    _spike(5, 100, Machines.FEW),
    _spike(20, 25, Machines.FEW),
    # In between both words say too much; which is said, if one, is counted.
    _spike(50, 10, Machines.UNCLEAR, _OFTEN_RIGHT, _OFTEN_OTHER),
    _spike(100, 5, Machines.UNCLEAR, _OFTEN_RIGHT, _OFTEN_OTHER),
    _spike(250, 2, Machines.MANY),
    _spike(500, 1, Machines.MANY),
    _factor("the burst factor on ordinary days", 370, 0, 1),
    _factor("the burst factor, one machine with 500 on a day", 370, 500, 1),
    _factor("the burst factor, one machine with 500 on 10 days", 370, 500, 10),
    _factor("the burst factor on ordinary days of 40 crashing clients", 40, 0, 1),
)
