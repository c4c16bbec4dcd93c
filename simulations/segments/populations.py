"""Populations: usage hours and crash rates of leaves in two periods when nothing happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.explanation.leaves import Codes, mixed_radix

Draws: TypeAlias = np.random.Generator

DIMENSIONS = (
    "version",
    "build_id",
    "os_name",
    "os_version",
    "architecture",
    "country",
    "e10s_enabled",
    "memory",
)
SIZES = (5, 26, 3, 17, 4, 110, 2, 6)
"""Numbers of their values."""
APART = (("version", "build_id"), ("os_name", "os_version"))
_OS_VERSIONS = ((0, 9), (9, 14), (14, 17))
"""First and last but one version of each system."""
_OLD_VERSIONS = (3, 7, 11)
_PHONES = 2
_RATE_SD = 0.35
"""Of the log crash rate by each dimension's values."""
_HOURS_SD = 0.2
"""By how much hours of each value move between the periods, in logarithms: a holiday, a roll-out
of systems."""
_TAIL_DF = 4
"""Of Student's t of drifts: once in a while a country moves far."""
_LEAF_SD = 1.2
"""Of log hours of what is drawn for one leaf."""


@dataclass(frozen=True, slots=True)
class Population:
    """Leaves with what is expected of them; no two have the same codes."""

    codes: Codes
    """int32[leaf, dimension]."""
    hours_before: Floats
    hours_now: Floats
    crashes_before: Floats
    """Expected."""
    crashes_now: Floats
    """Expected, with drifts of rates."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What kind of population is drawn."""

    crashes: float
    """Expected now."""
    leaves: int
    """That are drawn; some fall together."""
    drift: float = 0.05
    """Standard deviation of the log rate's change by country."""
    other_drift: float = 0.025
    """Likewise, by the values of each other dimension, behind which there are more people."""
    before: float = 7
    """Hours before over hours now."""


def draw_population(setting: Setting, draws: Draws) -> Population:
    """Draw hours and rates: Zipf countries, systems with their architectures, builds that age."""
    codes = _distinct(_draw_codes(setting.leaves, draws))
    hours = np.exp(_LEAF_SD * draws.standard_normal(len(codes)))
    hours *= _popularity(codes)
    moved = hours * np.exp(_effects(codes, [_HOURS_SD] * len(SIZES), draws))
    # The newest builds gain what older ones lose.
    moved *= np.exp(0.5 - codes[:, 1] / SIZES[1])
    rate = np.exp(_effects(codes, [_RATE_SD] * len(SIZES), draws))
    drift = [setting.drift if name == "country" else setting.other_drift for name in DIMENSIONS]
    drifts = np.exp(_effects(codes, drift, draws, _TAIL_DF))
    now = moved * rate * drifts
    scale = setting.crashes / now.sum()
    before = hours * rate * scale
    before *= setting.before * moved.sum() / hours.sum()
    return Population(
        codes,
        hours * (setting.before * 1e4 * setting.crashes / 100 / hours.sum()),
        moved * (1e4 * setting.crashes / 100 / moved.sum()),
        before,
        now * scale,
    )


def _draw_codes(leaves: int, draws: Draws) -> Codes:
    systems = draws.choice(3, leaves, p=(0.7, 0.2, 0.1))
    spans = np.array(_OS_VERSIONS)[systems]
    versions = spans[:, 0] + np.floor(
        (spans[:, 1] - spans[:, 0]) * draws.beta(0.8, 1.6, leaves)
    ).astype(int)
    builds = np.minimum(draws.geometric(0.13, leaves) - 1, SIZES[1] - 1)
    # Old systems are of 32 bits, phones of two kinds of their own.
    old = draws.random(leaves) < 0.15 + 0.5 * np.isin(versions, _OLD_VERSIONS)
    architectures = np.where(systems == _PHONES, 2 + draws.integers(2, size=leaves), old)
    multi = draws.random(leaves) < np.where(builds < SIZES[1] // 2, 0.85, 0.3)
    columns = (
        np.minimum(builds // 5, SIZES[0] - 1),
        builds,
        systems,
        versions,
        architectures,
        _zipf(SIZES[5], 1.0, leaves, draws),
        multi,
        _zipf(SIZES[7], 0.5, leaves, draws),
    )
    return np.column_stack(columns).astype(np.int32)


def _zipf(size: int, exponent: float, leaves: int, draws: Draws) -> npt.NDArray[np.int64]:
    weights = np.arange(1, size + 1) ** -exponent
    return draws.choice(size, leaves, p=weights / weights.sum())


def _distinct(codes: Codes) -> Codes:
    key = mixed_radix(list(codes.T), SIZES)
    _, first = np.unique(key, return_index=True)
    return codes[first]


def _popularity(codes: Codes) -> Floats:
    """Return what makes the combinations of popular values large, which were drawn but once."""
    return np.asarray((1.0 + codes[:, 5]) ** -0.6 * (1.0 + codes[:, 1]) ** -0.4)


def _effects(codes: Codes, sds: Sequence[float], draws: Draws, df: float | None = None) -> Floats:
    """Return the sum over dimensions of an effect of each value, [leaf]."""
    total = np.zeros(len(codes))
    for i, (size, sd) in enumerate(zip(SIZES, sds, strict=True)):
        if df is None:
            effects = draws.standard_normal(size)
        else:
            effects = draws.standard_t(df, size) * np.sqrt((df - 2) / df)
        total += sd * effects[codes[:, i]]
    return total
