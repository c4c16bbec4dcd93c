"""Hours weighed by what is usual where they were spent: against shifts of the mix.

Where hours move to builds or countries that always crashed more, every segment that spans them
crashes more, though nothing changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.explanation.expectations import PRIOR_CRASHES
from crash_rate_aggregates.verdicts.explanation.leaves import Leaves

_ROUNDS: Final = 10
"""Of fitting; after these, effects of thousands of crashes move by less than a percent."""


def with_standard_hours(leaves: Leaves) -> Leaves:
    """Return the leaves with hours times the usual crash rate of their values, over the common one.

    The sum of hours before stays. What crashed at its usual rate before and now has then the same
    rate in both periods, however hours moved.

    Args:
        leaves: With crashes and hours before.
    """
    usual = _usual_rates(leaves)
    before = leaves.sums.hours_before * usual
    scale = leaves.sums.hours_before.sum() / before.sum()
    return replace(
        leaves,
        sums=replace(
            leaves.sums,
            hours_before=before * scale,
            hours_now=leaves.sums.hours_now * usual * scale,
        ),
    )


def _usual_rates(leaves: Leaves) -> Floats:
    """Return rates before over the common one, as a product of an effect of each value, [leaf].

    A log-linear model of main effects, fitted one dimension after the other (Deming and Stephan
    1940), each effect shrunk to 1 by the weight of 10 crashes.
    """
    crashes, hours = leaves.sums.crashes_before, leaves.sums.hours_before
    expected = hours * (crashes.sum() / hours.sum())
    columns = [np.ascontiguousarray(column) for column in leaves.codes.T]
    sizes = [len(values) for values in leaves.values]
    counts = [np.bincount(columns[i], crashes, size) for i, size in enumerate(sizes)]
    usual = np.ones(len(expected))
    effects = [np.ones(size) for size in sizes]
    for _ in range(_ROUNDS):
        for i, column in enumerate(columns):
            others = usual / effects[i][column]
            effects[i] = (counts[i] + PRIOR_CRASHES) / (
                np.bincount(column, expected * others, sizes[i]) + PRIOR_CRASHES
            )
            usual = others * effects[i][column]
    return usual
