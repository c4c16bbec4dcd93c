"""Months of watching: alarms without a cause, and how soon and how long those with one are lit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.watch.alarms import Alarm, AlarmKind, AlarmPhase
from crash_rate_aggregates.verdicts.watch.volumes import is_year_end
from simulations.cells import Aim, Cell, Counts, Measure
from simulations.days.arrivals import BETA_2017, NIGHTLY_TODAY, RELEASE_2017, RELEASE_TODAY
from simulations.days.channels import Bursts, Channel, known_phi
from simulations.days.evenings import FIRST_EVENING, Watched

_PART = "Watch"
_MONTH = 30
_RUNS = 300
_LIT = (AlarmPhase.BEGAN, AlarmPhase.GOES_ON)

# That a server delivers a part of a day late is what the watch over hours is to tell.
_IN_TIME = replace(RELEASE_TODAY, late_server=0.0)
_IN_TIME_2017 = replace(RELEASE_2017, late_server=0.0)
CHANNELS = (
    Channel(hours=3e7, rate=4.0, day_sd=0.05, delays=_IN_TIME),
    Channel(hours=2e6, rate=3.0, day_sd=0.06, delays=_IN_TIME),
    Channel(hours=1e6, rate=6.0, day_sd=0.08, delays=_IN_TIME),
    Channel(hours=3e5, rate=7.0, day_sd=0.10, delays=_IN_TIME),
    Channel(hours=6e5, rate=8.0, day_sd=0.12, delays=replace(NIGHTLY_TODAY, late_server=0.0)),
)
"""Release, esr, beta, aurora, nightly."""


@dataclass(frozen=True, slots=True)
class World:
    """Five channels, each with two kinds of crashes."""

    channels: Sequence[Channel] = CHANNELS
    phi_error: float = 0.15
    """Of the logarithm of phi as the method believes it."""
    first_date: date = date(2026, 3, 2)
    hour_factors: Callable[[date, int], Floats] | None = None
    """What a holiday makes of the hours of so many dates from the first on."""
    knows_quiet: bool = False
    """Whether the end of the year is known to be quiet."""
    missing: tuple[int, ...] = ()
    """Evenings after the first whose submission date is never stored."""
    only_hours: bool = False
    """Whether rates are not looked at."""


def quiet_month(world: World, generator: np.random.Generator) -> Counts:
    """Draw a month without events and count the alarms that began."""
    rates = hours = 0
    for channel in world.channels:
        watched = _watched(world, channel, generator)
        hours += _began(watched, AlarmKind.HOURS_MISSING)
        if not world.only_hours:
            rates += _began(watched, AlarmKind.RATE_UP)
            rates += _began(_watched(world, channel, generator), AlarmKind.RATE_UP)
    return {
        "false alarms a month, rates": (rates, 1.0),
        "false alarms a month, hours": (hours, 1.0),
        "false alarms a month": (rates + hours, 1.0),
    }


def _watched(world: World, channel: Channel, generator: np.random.Generator) -> Watched:
    number = FIRST_EVENING + _MONTH
    factors = world.hour_factors(world.first_date, number) if world.hour_factors else 1.0
    days = channel.draw(generator, number, hour_factors=factors)
    return Watched(
        days,
        known_phi(generator, channel, world.phi_error),
        world.first_date,
        tuple(FIRST_EVENING + evening for evening in world.missing),
        is_year_end if world.knows_quiet else lambda _: False,
    )


def _began(watched: Watched, kind: AlarmKind) -> int:
    return sum(1 for _, alarm in watched.alarms(kind) if alarm and alarm.phase is AlarmPhase.BEGAN)


def rate_event(
    channel: Channel, factor: float, bad_before: float, generator: np.random.Generator
) -> Counts:
    """Draw a channel whose rate rises for good, maybe ten days after one bad day."""
    first = FIRST_EVENING + 12
    phi = known_phi(generator, channel)

    def factors(levels: Floats) -> Floats:
        changed = np.where(np.arange(len(levels)) >= first, factor, 1.0)
        changed[first - 10] *= bad_before
        return levels * changed

    days = channel.draw(generator, first + 14, factors)
    lit = _lit(Watched(days, phi).alarms(AlarmKind.RATE_UP), first)
    return {
        "lit on the day itself": (float(lit[0]), 1.0),
        "lit by the next day": (float(lit[0] or lit[1]), 1.0),
        "lit on days 2 to 14": (float(sum(lit[1:])), float(len(lit[1:]))),
    }


def _lit(evenings: Iterator[tuple[int, Alarm | None]], first: int) -> list[bool]:
    """Tell for each evening from the first on whether an alarm is lit for what began then.

    One that an accident had lit before is counted too, but only while it lasts: what it says is
    true.
    """
    return [
        alarm is not None and alarm.phase in _LIT for today, alarm in evenings if today >= first
    ]


def hours_event(channel: Channel, factor: float, generator: np.random.Generator) -> Counts:
    """Draw a channel of whose hours a part is missing from a date on."""
    first = FIRST_EVENING + 12
    factors = np.where(np.arange(first + 3) >= first, factor, 1.0)
    days = channel.draw(generator, first + 3, hour_factors=factors)
    lit = _lit(Watched(days, channel.phi).alarms(AlarmKind.HOURS_MISSING), first)
    return {
        "lit on the day itself": (float(lit[0]), 1.0),
        "lit by the next day": (float(lit[0] or lit[1]), 1.0),
    }


def christmas(first: date, number: int) -> Floats:
    """Return what the end of the year makes of hours: a third is missing on the feast days."""
    days = [date.fromordinal(first.toordinal() + day) for day in range(number)]
    by_day = {(12, 23): 0.9, (12, 24): 0.72, (12, 25): 0.6, (12, 26): 0.66}
    by_day |= {(12, day): 0.74 for day in range(27, 31)} | {(12, 31): 0.66, (1, 1): 0.6}
    by_day |= {(1, 2): 0.88}
    return np.array([by_day.get((day.month, day.day), 1.0) for day in days])


def _quiet_cell(name: str, world: World) -> Cell:
    measures = (
        Measure("false alarms a month, rates"),
        Measure("false alarms a month, hours"),
        Measure("false alarms a month", Aim(at_most=1.0), Aim(at_most=0.5)),
    )
    return Cell(_PART, name, _RUNS, measures, partial(quiet_month, world))


def _with(**changes: object) -> tuple[Channel, ...]:
    return tuple(replace(channel, **changes) for channel in CHANNELS)  # type: ignore[arg-type]


def _delays_2017() -> tuple[Channel, ...]:
    beta = replace(BETA_2017, late_server=0.0)
    old = (_IN_TIME_2017, _IN_TIME_2017, beta, _IN_TIME_2017, beta)
    return tuple(
        replace(channel, memory=0.3, delays=delays)
        for channel, delays in zip(CHANNELS, old, strict=True)
    )


def _event_cell(name: str, channel: Channel, factor: float, bad_before: float = 1.0) -> Cell:
    next_day = Measure("lit by the next day", Aim(at_least=0.99), Aim(at_least=1.0))
    stays = Measure("lit on days 2 to 14", Aim(at_least=0.97), Aim(at_least=1.0))
    measures = (Measure("lit on the day itself"), next_day, stays)
    return Cell(_PART, name, _RUNS, measures, partial(rate_event, channel, factor, bad_before))


def _hours_cell(name: str, channel: Channel) -> Cell:
    measures = (
        Measure("lit on the day itself"),
        Measure("lit by the next day", Aim(at_least=0.99)),
    )
    return Cell(_PART, name, _RUNS, measures, partial(hours_event, channel, 0.5))


_RELEASE = CHANNELS[0]
_RELEASE_2017 = replace(_RELEASE, delays=_IN_TIME_2017)
# The week before Christmas is the first of the month that is watched.
_BEFORE_CHRISTMAS = date(2026, 10, 5)
CELLS: tuple[Cell, ...] = (
    _quiet_cell("5 channels, 2 kinds, independent days", World()),
    _quiet_cell("5 channels, 2 kinds, days with memory .3, delays of 2017", World(_delays_2017())),
    _quiet_cell(
        "5 channels, 2 kinds, long tails, bursts of 20, lone machines",
        World(_with(tail_df=5.0, bursts=Bursts.TWO_SIZES, lone_machine=0.02)),
    ),
    _quiet_cell(
        "5 channels, 2 kinds, cycles of 8%, a submission date missing",
        World(_with(cycle=0.08), missing=(9,)),
    ),
    _quiet_cell(
        "end of the year, which nobody told",
        World(first_date=_BEFORE_CHRISTMAS, hour_factors=christmas, only_hours=True),
    ),
    _quiet_cell(
        "end of the year, known to be quiet",
        World(
            first_date=_BEFORE_CHRISTMAS, hour_factors=christmas, only_hours=True, knows_quiet=True
        ),
    ),
    _hours_cell("release, half of the hours", _RELEASE),
    _hours_cell("nightly, half of the hours", CHANNELS[4]),
    _event_cell("release x1.5, delays of today", _RELEASE, 1.5),
    _event_cell("release x1.5, delays of 2017", _RELEASE_2017, 1.5),
    _event_cell("release x1.5 ten days after a day x5", _RELEASE, 1.5, 5.0),
    _event_cell("release x1.5 ten days after a day x5, delays of 2017", _RELEASE_2017, 1.5, 5.0),
    _event_cell(
        "release x1.5, days with memory .3 and cycle 8%",
        replace(_RELEASE, memory=0.3, cycle=0.08),
        1.5,
    ),
)
