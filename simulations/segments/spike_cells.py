"""Cells of the explanation: is the injected segment found, and nothing where nothing is?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from crash_rate_aggregates.verdicts.explanation.explanation import Explanation, Segment, explain
from crash_rate_aggregates.verdicts.explanation.leaves import Leaves
from simulations.cells import Aim, Cell, Counts, Measure
from simulations.segments.counted import counted
from simulations.segments.populations import APART, Draws, Population, Setting, draw_population
from simulations.segments.spikes import Spike, new_build, raise_segment

PART = "explanation"
_COMMON = 0.9
"""Of the expected crashes of both the injected and the named segment, from which on they are the
same."""


@dataclass(frozen=True, slots=True)
class World:
    """What is drawn, injected and told."""

    setting: Setting
    phi: float = 3
    told_phi: float | None = None
    """What the method is told; None for the truth."""
    excesses: tuple[float, ...] = ()
    """Of each injected segment, crashes."""
    dimensions: int | None = None
    """Of an injected segment; None for 1, 2 or 3 by chance."""
    is_new_build: bool = False
    machine: float = 0
    """Crashes of a single machine now, in a leaf that is drawn."""


def find_spikes(world: World, draws: Draws) -> Counts:
    """Draw a world with injected segments and look whether they are named."""
    population, spikes = _spiked(world, draw_population(world.setting, draws), draws)
    leaves = counted(population, world.phi, draws)
    found = explain(leaves, world.told_phi or world.phi, APART)
    counts: dict[str, tuple[float, float]] = {}
    if len(spikes) > 1:
        everywhere = all(
            any(_is_same(segment, spike, leaves, population) for segment in found.segments)
            for spike in spikes
        )
        counts["both are named"] = float(everywhere), 1.0
    else:
        is_first = _is_first(found, spikes[0], leaves, population)
        counts["the injected segment ranks first"] = float(is_first), 1.0
    for segment in found.segments:
        for spike in spikes:
            if _is_same(segment, spike, leaves, population):
                covered = segment.lower <= spike.factor <= segment.upper
                counts["the ratio's interval covers"] = float(covered), 1.0
    return counts


def find_nothing(world: World, draws: Draws) -> Counts:
    """Draw a world in which nothing happens beyond drifts and bursts."""
    population = draw_population(world.setting, draws)
    leaves = counted(population, world.phi, draws)
    if world.machine:
        leaf = draws.choice(
            len(leaves.codes), p=population.crashes_now / population.crashes_now.sum()
        )
        leaves.sums.crashes_now[leaf] += world.machine
    found = explain(leaves, world.told_phi or world.phi, APART)
    return {"something is named": (float(bool(found.segments)), 1.0)}


def _spiked(world: World, population: Population, draws: Draws) -> tuple[Population, list[Spike]]:
    if world.is_new_build:
        population, spike = new_build(population, world.excesses[0], draws)
        return population, [spike]
    spikes: list[Spike] = []
    for excess in world.excesses:
        dimensions = world.dimensions or int(draws.integers(1, 4))
        other = spikes[0] if spikes else None
        population, spike = raise_segment(population, excess, dimensions, draws, other)
        spikes.append(spike)
    return population, spikes


def _is_first(found: Explanation, spike: Spike, leaves: Leaves, population: Population) -> bool:
    return bool(found.segments) and _is_same(found.segments[0], spike, leaves, population)


def _is_same(segment: Segment, spike: Spike, leaves: Leaves, population: Population) -> bool:
    named = _leaves_of(segment.values, leaves)
    common = population.crashes_now[named & spike.leaves].sum()
    return bool(common >= _COMMON * population.crashes_now[named | spike.leaves].sum())


def _leaves_of(values: Mapping[str, str | None], leaves: Leaves) -> npt.NDArray[np.bool_]:
    named = np.ones(len(leaves.codes), dtype=np.bool_)
    for name, value in values.items():
        i = leaves.dimensions.index(name)
        named &= leaves.codes[:, i] == leaves.values[i].index(value)
    return named


_FOUND = Measure("the injected segment ranks first", Aim(at_least=0.95), Aim(at_least=0.99))
_TRIED = Measure("the injected segment ranks first")
_BOTH = Measure("both are named", Aim(at_least=0.95), Aim(at_least=0.99))
_COVERED = Measure(
    "the ratio's interval covers",
    Aim(at_least=0.92, at_most=0.97),
    Aim(at_least=0.94, at_most=0.96),
)
_QUIET = Measure("something is named", Aim(at_most=0.1), Aim(at_most=0.05))
_SMALL = World(Setting(crashes=300, leaves=2_000))
_MIDDLE = World(Setting(crashes=6_000, leaves=6_000))
_LARGE = World(Setting(crashes=30_000, leaves=12_000))
_HUGE = World(Setting(crashes=150_000, leaves=25_000))


def _spike(name: str, world: World, runs: int = 300, measures: tuple[Measure, ...] = ()) -> Cell:
    return Cell(PART, name, runs, measures or (_FOUND, _COVERED), partial(find_spikes, world))


def _quiet(name: str, world: World, runs: int = 300) -> Cell:
    return Cell(PART, name, runs, (_QUIET,), partial(find_nothing, world))


def _drifting(world: World, drift: float, other: float) -> World:
    return replace(world, setting=replace(world.setting, drift=drift, other_drift=other))


def _over_days(world: World, before: float) -> World:
    return replace(world, setting=replace(world.setting, before=before))


_OF_600 = replace(_MIDDLE, excesses=(600,))
_OF_1200 = replace(_MIDDLE, excesses=(1_200,))
CELLS: tuple[Cell, ...] = (
    _spike("90 more on 300 crashes", replace(_SMALL, excesses=(90,)), measures=(_TRIED, _COVERED)),
    _spike("300 more on 6,000", replace(_MIDDLE, excesses=(300,)), measures=(_TRIED, _COVERED)),
    _spike("600 more on 2,000", replace(_OF_600, setting=Setting(2_000, 4_000))),
    _spike("600 more on 6,000", _OF_600),
    _spike("600 more on 6,000, one dimension", replace(_OF_600, dimensions=1)),
    _spike("600 more on 6,000, two dimensions", replace(_OF_600, dimensions=2)),
    _spike("600 more on 6,000, three dimensions", replace(_OF_600, dimensions=3)),
    _spike("600 more on 6,000, as many hours before", _over_days(_OF_600, 1)),
    _spike("600 more on 6,000, phi 1", replace(_OF_600, phi=1)),
    _spike("600 more on 6,000, phi 6", replace(_OF_600, phi=6)),
    _spike("600 more on 6,000, phi 6 and told 3", replace(_OF_600, phi=6, told_phi=3)),
    _spike("600 more on 6,000, no drift", _drifting(_OF_600, 0, 0)),
    _spike("600 more on 6,000, drifts twice as large", _drifting(_OF_600, 0.1, 0.05)),
    _spike("1,200 more on 6,000", _OF_1200),
    _spike("1,200 more on 6,000, phi 6", replace(_OF_1200, phi=6)),
    _spike("1,200 more on 6,000, drifts twice as large", _drifting(_OF_1200, 0.1, 0.05)),
    _spike("600 more on 30,000", replace(_LARGE, excesses=(600,))),
    _spike("3,000 more on 30,000", replace(_LARGE, excesses=(3_000,))),
    _spike("3,000 more on 150,000", replace(_HUGE, excesses=(3_000,))),
    _spike("15,000 more on 150,000", replace(_HUGE, excesses=(15_000,))),
    _spike(
        "two segments, 1,200 and 800 more on 6,000",
        replace(_MIDDLE, excesses=(1_200, 800)),
        measures=(_BOTH, _COVERED),
    ),
    _spike(
        "a new build, 1,500 more on 6,000",
        replace(_MIDDLE, excesses=(1_500,), is_new_build=True),
        measures=(_FOUND, _COVERED),
    ),
    _quiet("nothing on 300", _SMALL),
    _quiet("nothing on 6,000", _MIDDLE),
    _quiet("nothing on 6,000, as many hours before", _over_days(_MIDDLE, 1)),
    _quiet("nothing on 6,000, phi 1", replace(_MIDDLE, phi=1)),
    _quiet("nothing on 6,000, phi 6", replace(_MIDDLE, phi=6)),
    _quiet("nothing on 6,000, phi 6 and told 3", replace(_MIDDLE, phi=6, told_phi=3)),
    _quiet("nothing on 6,000, no drift", _drifting(_MIDDLE, 0, 0)),
    _quiet("nothing on 6,000, drifts twice as large", _drifting(_MIDDLE, 0.1, 0.05)),
    _quiet("nothing on 30,000", _LARGE),
    _quiet("nothing on 30,000, drifts twice as large", _drifting(_LARGE, 0.1, 0.05)),
    _quiet("nothing on 150,000", _HUGE),
    _quiet("nothing on 150,000, drifts twice as large", _drifting(_HUGE, 0.1, 0.05)),
    _quiet("nothing on 6,000 but one machine with 60", replace(_MIDDLE, machine=60)),
)
