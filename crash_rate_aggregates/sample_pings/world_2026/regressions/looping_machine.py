"""One machine whose audio decoder crashes all day: many crashes, and one client."""

from __future__ import annotations

from datetime import date
from random import Random

from crash_rate_aggregates.sample_pings.world_2026.adoption import builds_in_use
from crash_rate_aggregates.sample_pings.world_2026.crash_causes import CAUSES
from crash_rate_aggregates.sample_pings.world_2026.people import Person
from crash_rate_aggregates.sample_pings.world_2026.regressions.regression_factors import LOOP_BEGINS
from crash_rate_aggregates.sample_pings.world_2026.senders import SENDERS
from crash_rate_aggregates.sample_pings.world_2026.sessions import Crash, Happenings, Session
from crash_rate_aggregates.sample_pings.world_2026.shares import SLOTS

_MOST_CRASHES = 500
_PINGS_A_CRASH = 40
"""In samples of less than 20,000 pings a day it crashes less, so as not to be all that there is."""
_SECONDS = 20 * 3600
_UTILITY = next(cause for cause in CAUSES if cause.process == "utility")
"""Neither M nor C counts it, so that headline rates stay what they are."""


def session_in_loop(happenings: Happenings, day: date) -> Session | None:
    """Return the machine's day; None before it breaks, and in a sample that is too small for it."""
    crashes = min(_MOST_CRASHES, happenings.pings_per_day // _PINGS_A_CRASH)
    if not crashes or day < LOOP_BEGINS:
        return None
    person = _machine(happenings)
    random = Random(f"{happenings.seed} {day} loop")
    return Session(
        day,
        person,
        builds_in_use(person.sender.train, day, happenings.moved)[person.update_slot],
        _SECONDS,
        0.1,
        random.getrandbits(128),
        tuple(Crash(_UTILITY, random.getrandbits(128), is_late=False) for _ in range(crashes)),
    )


def _machine(happenings: Happenings) -> Person:
    """Return a client of release that is none of the others, and the last to take an update.

    So no verdict on a new release hangs on it.
    """
    people = happenings.people
    release = SENDERS[0]
    return people.person(people.number)._replace(
        sender=release,
        machine=release.machines[0],
        update_slot=SLOTS - 1,
        experiments=(),
        is_automation=False,
    )
