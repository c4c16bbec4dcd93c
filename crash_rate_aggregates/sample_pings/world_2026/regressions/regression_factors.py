"""A beta, a branch and a machine that crash more, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from crash_rate_aggregates.sample_pings.world_2026.crash_causes import CAUSES, Cause, CrashClass
from crash_rate_aggregates.sample_pings.world_2026.people import CRASHING_BRANCH, Person
from crash_rate_aggregates.sample_pings.world_2026.release_calendar import Build

_BETA = ".0b2"
_OUT_OF_MEMORY_FACTOR = 6.0
_BRANCH_FACTORS = {"main": 1.6, "content": 2.0}
"""By process."""
LOOP_BEGINS = date(2026, 11, 16)
"""Since when one machine crashes all day."""
_NO_FACTORS: Mapping[Cause, float] = MappingProxyType({})
_OUT_OF_MEMORY = MappingProxyType(
    {
        cause: _OUT_OF_MEMORY_FACTOR
        for cause in CAUSES
        if cause.crash_class is CrashClass.OUT_OF_MEMORY and cause.process == "main"
    }
)
_BRANCH = MappingProxyType(
    {cause: _BRANCH_FACTORS[cause.process] for cause in CAUSES if cause.is_headline}
)


def regression_factors(person: Person, build: Build) -> Mapping[Cause, float]:
    """Return by how much a client's crashes are multiplied where a world has regressions.

    The main process of each version's second beta runs out of memory 6 times as often; in a branch
    of an experiment main processes crash 1.6 times and content processes twice as often.
    """
    if person.sender.audience == "beta" and build.label.endswith(_BETA):
        return _OUT_OF_MEMORY
    return _BRANCH if CRASHING_BRANCH in person.experiments else _NO_FACTORS
