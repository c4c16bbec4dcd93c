"""Counts in bursts, and leaves made of them."""

from __future__ import annotations

from functools import cache

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.explanation.leaves import Leaves, Sums
from simulations.segments.populations import DIMENSIONS, SIZES, Draws, Population


def bursts(expected: Floats, phi: float, draws: Draws) -> Floats:
    """Draw counts of which the variance is phi times the mean.

    Clients crash, each a geometric number of times in its leaf: E n^2 / E n = phi.

    Args:
        expected: Means.
        phi: 1 or more; 1 is Poisson.
        draws: Chance.
    """
    mean = (phi + 1) / 2
    clients = draws.poisson(expected / mean)
    if phi > 1:
        more = draws.negative_binomial(np.maximum(clients, 1), 1 / mean)
        clients = clients + np.where(clients > 0, more, 0)
    return clients.astype(np.float64)


def counted(population: Population, phi: float, draws: Draws) -> Leaves:
    """Draw both periods' crashes."""
    return Leaves(
        DIMENSIONS,
        _values(),
        population.codes,
        Sums(
            bursts(population.crashes_before, phi, draws),
            population.hours_before,
            bursts(population.crashes_now, phi, draws),
            population.hours_now,
        ),
    )


@cache
def _values() -> tuple[tuple[str | None, ...], ...]:
    return tuple(tuple(str(value) for value in range(size)) for size in SIZES)
