"""A release that crashes more from its first day on, in a world where few pings can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType

from crash_rate_aggregates.sample_pings.world_2026.crash_causes import (
    CAUSES,
    Cause,
    CrashClass,
    hazard,
)
from crash_rate_aggregates.sample_pings.world_2026.people import Person
from crash_rate_aggregates.sample_pings.world_2026.release_calendar import (
    Build,
    days_to_release,
    major_on,
)
from crash_rate_aggregates.sample_pings.world_2026.senders import SENDERS

_AUDIENCE = "release"
_SYSTEM = "Darwin"
_BUG = next(
    cause
    for cause in CAUSES
    if cause.process == "main" and cause.crash_class is CrashClass.NONE and not cause.is_startup
)
_OFTEN = 25.0
OFTEN: Mapping[Cause, float] = MappingProxyType(
    {cause: _OFTEN for cause in CAUSES if cause.is_headline}
)
"""[chosen] By so much main and content crashes are multiplied, in all versions. At the true rates a
release has two main crashes on its first day for each 4,000 usage pings; one that is twice as bad
needs eighty or so to be told from others."""
UNEVENNESS = 0.1
"""[chosen] Of clients' crashiness: where all crash so often, one machine would else have more
crashes on some day than all others together."""
# [chosen] Nearly all is release, so that it alone has so many crashes.
_SHARES = (0.84, 0.04, 0.02, 0.02, 0.01, 0.01, 0.03, 0.01, 0.01, 0.005, 0.005)
FEW_OTHERS = tuple(
    replace(sender, share=share) for sender, share in zip(SENDERS, _SHARES, strict=True)
)
"""Who sends pings, in this world."""


@dataclass(frozen=True)
class BadRelease:
    """Firefox for desktops comes out on a day, and its main process has a new bug on macOS."""

    day: date
    """On which it comes out; the release calendar is moved to it."""

    @cached_property
    def moved(self) -> int:
        """By how many days the calendar is moved; less than a cycle."""
        return days_to_release(self.day)

    @cached_property
    def label(self) -> str:
        """What people call it; its dot release has the bug no more."""
        return f"{major_on(self.day - timedelta(days=self.moved))}.0"

    def strikes(self, person: Person, build: Build) -> bool:
        """Tell whether a client has the bug."""
        is_build = person.sender.audience == _AUDIENCE and build.label == self.label
        return is_build and person.machine.v4_name == _SYSTEM


def _bug_factors() -> Mapping[Cause, float]:
    """Return factors of all causes, so that crashes of the bug double the release's main ones."""
    machines = FEW_OTHERS[0].machines
    share = sum(machine.v4_name == _SYSTEM for machine in machines) / len(machines)
    return {cause: _OFTEN / share / cause.share if cause is _BUG else 0.0 for cause in CAUSES}


BUG = hazard(_AUDIENCE, _bug_factors())
"""What it does to a client, whatever that one crashed before: a new bug does not know."""
