"""A cell: one world with its parameters, drawn many times, and what is counted in each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crash_rate_aggregates.verdicts.quantiles import Z95


@dataclass(frozen=True, slots=True)
class Aim:
    """What a measure should be."""

    at_least: float | None = None
    at_most: float | None = None

    def is_met_by(self, value: float) -> bool:
        """Tell whether the measured value, not its interval, lies within."""
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted in a cell: events over exposure, like false alarms over months."""

    name: str
    """What the page says: `covered on day 0`."""
    reach: Aim = Aim()
    """What must be met."""
    aim: Aim = Aim()
    """What would be better still."""


Counts = Mapping[str, tuple[float, float]]
"""Of one run, by the names of measures: events and exposure. What is no proportion has an exposure
of its own unit, like months."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One world."""

    part: str
    """Of the methods it tries: the heading of its rows on the page."""
    name: str
    """Which world, in words; unique within the part."""
    runs: int
    """How often the world is drawn: a release, a month, a spike."""
    measures: tuple[Measure, ...]
    simulate: Callable[[np.random.Generator], Counts]
    """Draw the world once and count; a function at the top of a module, or a partial of one, as
    other processes call it."""

    @property
    def key(self) -> str:
        """What results are stored by."""
        return f"{self.part}: {self.name}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a measure came to over all runs."""

    value: float
    """Events over exposure."""
    lower: float
    """Limit of the 95% interval: Wilson's for a proportion of one trial a run, else normal over
    runs, as what one run counts is not independent."""
    upper: float
    runs: int


def found(counts: Sequence[tuple[float, float]]) -> Found:
    """Return the ratio of sums over runs with its interval.

    Args:
        counts: Events and exposure of each run; at least one exposure is above 0.
    """
    events, exposures = (np.asarray(column, dtype=float) for column in zip(*counts, strict=True))
    total = exposures.sum()
    value = float(events.sum() / total)
    if set(np.unique(events)) <= {0.0, 1.0} and set(np.unique(exposures)) <= {0.0, 1.0}:
        lower, upper = _wilson(value, total)
    else:
        residuals = events - value * exposures
        half = Z95 * math.sqrt(float(residuals @ residuals)) / total
        # Without any event the residuals say nothing: the rule of three.
        lower, upper = max(0.0, value - half), value + half if events.any() else 3 / total
    return Found(value, lower, upper, len(counts))


def _wilson(share: float, trials: float) -> tuple[float, float]:
    center = (share + Z95**2 / (2 * trials)) / (1 + Z95**2 / trials)
    half = (
        Z95
        / (1 + Z95**2 / trials)
        * math.sqrt(share * (1 - share) / trials + Z95**2 / (4 * trials**2))
    )
    return max(0.0, center - half), min(1.0, center + half)
