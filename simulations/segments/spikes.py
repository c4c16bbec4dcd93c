"""Spikes: segments in which more crashes are expected now, by a factor that is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from simulations.segments.populations import APART, DIMENSIONS, Draws, Population

_MOST_TRIES = 300
_LEAST_RATIO = 1.5
_MOST_RATIO = 11
_MOST_SHARE = 1 / 3
_LEAST_NEW_RATIO = 4
"""Of what has no past only this much can be told from what builds differ by anyway."""
_BUILD = DIMENSIONS.index("build_id")


@dataclass(frozen=True, slots=True)
class Spike:
    """A segment that crashes more."""

    leaves: npt.NDArray[np.bool_]
    """bool[leaf]."""
    factor: float
    """By which its rate is multiplied."""


def raise_segment(
    population: Population, excess: float, dimensions: int, draws: Draws, apart_from: Spike | None
) -> tuple[Population, Spike]:
    """Raise the rate of a segment that is drawn, so that so many more crashes are expected.

    Of segments with a ratio from 1.5 to 11 and at most a third of all crashes each is as likely.

    Args:
        population: Left as it is.
        excess: Crashes that come on top.
        dimensions: 1 to 3.
        draws: Chance.
        apart_from: Another spike, with which it shares less than a tenth of its crashes.
    """
    for _ in range(_MOST_TRIES):
        leaves = _segment(population, dimensions, draws)
        expected = float(population.crashes_now[leaves].sum())
        if apart_from is not None:
            shared = float(population.crashes_now[leaves & apart_from.leaves].sum())
            if shared > 0.1 * expected:
                continue
        ratio = 1 + excess / expected
        small = expected <= _MOST_SHARE * population.crashes_now.sum()
        if small and _LEAST_RATIO <= ratio <= _MOST_RATIO:
            return _raised(population, leaves, ratio), Spike(leaves, ratio)
    raise RuntimeError("no segment fits the excess")


def new_build(population: Population, excess: float, draws: Draws) -> tuple[Population, Spike]:
    """Let a build have no hours before, and crash 4 to 11 times as often as it would now."""
    crashes = np.bincount(population.codes[:, _BUILD], population.crashes_now)
    ratios = 1 + excess / np.maximum(crashes, 1)
    fitting = np.flatnonzero((ratios >= _LEAST_NEW_RATIO) & (ratios <= _MOST_RATIO))
    build = draws.choice(fitting)
    leaves = population.codes[:, _BUILD] == build
    raised = _raised(population, leaves, float(ratios[build]))
    young = replace(
        raised,
        hours_before=raised.hours_before * ~leaves,
        crashes_before=raised.crashes_before * ~leaves,
    )
    return young, Spike(leaves, float(ratios[build]))


def _segment(population: Population, dimensions: int, draws: Draws) -> npt.NDArray[np.bool_]:
    """Take a leaf by its crashes, and of it the values of some dimensions."""
    subsets = [
        subset
        for subset in combinations(range(len(DIMENSIONS)), dimensions)
        if not any({DIMENSIONS[i] for i in subset} >= set(pair) for pair in APART)
    ]
    subset = list(subsets[draws.integers(len(subsets))])
    leaf = draws.integers(len(population.codes))
    same = (population.codes[:, subset] == population.codes[leaf, subset]).all(axis=1)
    return np.asarray(same, dtype=np.bool_)


def _raised(population: Population, leaves: npt.NDArray[np.bool_], ratio: float) -> Population:
    return replace(population, crashes_now=population.crashes_now * np.where(leaves, ratio, 1.0))
