"""Leaves that are few enough to reckon with by hand."""

from __future__ import annotations

from collections.abc import Sequence

from crash_rate_aggregates.verdicts.explanation.leaves import Leaves, leaves_from_columns

HOURS = 1000.0
"""Of each leaf in each period, unless said otherwise."""


def squared(
    now: Sequence[float] = (300, 100, 100, 100),
    before: Sequence[float] = (100, 100, 100, 100),
    hours_before: Sequence[float] = (HOURS,) * 4,
) -> Leaves:
    """Return two countries by two systems: DE Windows, DE Linux, FR Windows, FR Linux."""
    columns = {
        "country": ["DE", "DE", "FR", "FR"],
        "os_name": ["Windows", "Linux", "Windows", "Linux"],
    }
    return leaves_from_columns(columns, before, hours_before, now, [HOURS] * 4)
