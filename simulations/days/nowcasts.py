"""How often the interval of a rate that is still coming in holds what is counted in the end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from crash_rate_aggregates.verdicts.delays import ALL_LAGS, fit_delay
from crash_rate_aggregates.verdicts.deliveries import Delivery, came_otherwise, departure
from crash_rate_aggregates.verdicts.intervals import ASSUMED_PHI
from crash_rate_aggregates.verdicts.nowcast import NowcastState, nowcast
from simulations.cells import Aim, Cell, Counts, Measure
from simulations.days.arrivals import BETA_2017, NIGHTLY_TODAY, RELEASE_2017, Delays, stored_lags
from simulations.days.channels import Bursts, Channel, Days, known_phi

_PART = "Nowcast"
_LATE = range(4)
_REACH, _AIM = Aim(0.93, 0.97), Aim(0.94, 0.96)
_RUNS = 400
_HISTORY = 56


@dataclass(frozen=True, slots=True)
class World:
    """A channel whose newest dates are looked at."""

    channel: Channel
    history: int = _HISTORY
    """Complete dates that are known."""
    missing_ago: int | None = None
    """Days since a submission date that was never stored."""
    halved_ago: int | None = None
    """Days since a submission date of which half was delivered."""
    changed_ago: int | None = None
    """Days since delays became those of another channel."""
    before: Delays = RELEASE_2017
    """Delays before that change."""
    assumed: bool = False
    """Whether phi is taken to be 3, whatever it is."""


def simulate(world: World, generator: np.random.Generator) -> Counts:
    """Draw a channel up to today and correct its newest four dates."""
    days = _drawn(world, generator)
    # Eight more dates were drawn than are looked at, so that each has all its days late.
    today = len(days.hours) - 9
    missing = () if world.missing_ago is None else (today - world.missing_ago,)
    phi = ASSUMED_PHI if world.assumed else known_phi(generator, world.channel)
    complete = [day for day in range(today + 1) if stored_lags(day, today, missing) == ALL_LAGS][
        -world.history :
    ]
    counts: dict[str, tuple[float, float]] = {}
    for late in _LATE:
        day = today - late
        lags = stored_lags(day, today, missing)
        if 0 not in lags:
            continue
        hours, crashes, weekdays = (
            table[complete] for table in (days.hours, days.crashes, days.weekdays)
        )
        delay = fit_delay(hours, crashes, weekdays, phi, lags)
        if delay is None:
            continue
        stored = sorted(lags)
        crashes, hours = days.crashes[day, stored].sum(), days.hours[day, stored].sum()
        found = nowcast(delay, int(days.weekdays[day]), float(crashes), float(hours), phi)
        final = 1000 * days.crashes[day].sum() / days.hours[day].sum()
        assert found.final is not None  # noqa: S101 - there are hours on each day of this world
        told = delay.delays_changed or _came_otherwise(days, complete, late, today, missing)
        counts[f"unusual delivery told, day {late}"] = (float(told), 1.0)
        held = found.final.lower <= final <= found.final.upper
        counts[f"final rate inside, day {late}"] = (float(held), 1.0)
        counts[f"final rate inside or told, day {late}"] = (float(held or told), 1.0)
        counts[f"shown on day {late}"] = (float(found.state is NowcastState.PROVISIONAL), 1.0)
    return counts


def _came_otherwise(
    days: Days, complete: list[int], late: int, today: int, missing: Collection[int]
) -> bool:
    """Tell whether the date came in otherwise; of day 0 the two before it, both of them."""
    told = []
    for other in (late,) if late else (1, 2):
        day, lags = today - other, stored_lags(today - other, today, missing)
        delivery = Delivery(tuple(days.hours[day].tolist()), lags, int(days.weekdays[day]))
        known = departure(days.hours[complete], days.weekdays[complete], delivery)
        told.append(came_otherwise(known))
    return all(told)


def _drawn(world: World, generator: np.random.Generator) -> Days:
    number = world.history + 7 + 2 + 8
    seed = int(generator.integers(2**32))
    days = world.channel.draw(np.random.default_rng(seed), number)
    today = number - 9
    if world.changed_ago is not None:
        before = replace(world.channel, delays=world.before)
        # The same seed: only the delays differ.
        old = before.draw(np.random.default_rng(seed), number)
        changed = np.arange(number) >= today - world.changed_ago
        days = replace(
            days,
            hours=np.where(changed[:, np.newaxis], days.hours, old.hours),
            crashes=np.where(changed[:, np.newaxis], days.crashes, old.crashes),
        )
    if world.halved_ago is not None:
        activity, late = np.indices(days.hours.shape)
        halved = np.where(activity + late == today - world.halved_ago, 0.5, 1.0)
        crashes = generator.binomial(days.crashes.astype(int), halved).astype(float)
        days = replace(days, hours=days.hours * halved, crashes=crashes)
    return days


def nowcast_cell(name: str, world: World) -> Cell:
    """Return a cell in which the intervals are to hold what is counted in the end."""
    measures = [
        Measure(f"final rate inside, day {late}", _REACH, _AIM)
        for late in _LATE
        if late != world.missing_ago
    ]
    # Of the day after a missing submission date there is no rate.
    others = () if world.missing_ago == 1 else _OTHERS
    return Cell(_PART, name, _RUNS, (*measures, *others), partial(simulate, world))


def _unusual_cell(name: str, world: World) -> Cell:
    """Return a cell in which no nowcast can be right, and what counts is that it is said."""
    measures = [
        measure
        for late in _LATE
        for measure in (
            Measure(f"final rate inside or told, day {late}", Aim(_REACH.at_least)),
            Measure(f"final rate inside, day {late}"),
        )
    ]
    return Cell(_PART, name, _RUNS, (*measures, *_OTHERS), partial(simulate, world))


_OTHERS = Measure("unusual delivery told, day 1"), Measure("shown on day 1")
_RELEASE = Channel()
_OLD = replace(_RELEASE, delays=RELEASE_2017)
_BETA = Channel(hours=1e6, rate=6.0, day_sd=0.1, delays=BETA_2017)
_NIGHTLY = Channel(hours=6e5, rate=8.0, day_sd=0.12, delays=NIGHTLY_TODAY)
_BURSTS = replace(_NIGHTLY, phi=6.0, bursts=Bursts.TWO_SIZES)
_EVEN, _UNEVEN = Channel(hours=3e5, phi=1.0), Channel(hours=2e6, phi=5.0)
_LATE_SERVERS = replace(_RELEASE, delays=replace(RELEASE_2017, late_server=0.1))
CELLS: tuple[Cell, ...] = (
    nowcast_cell("release, delays of today", World(_RELEASE)),
    nowcast_cell("release, delays of 2017", World(_OLD)),
    nowcast_cell("beta, delays of 2017", World(_BETA)),
    nowcast_cell("nightly, phi 6 by two sizes", World(_BURSTS)),
    nowcast_cell("aurora, phi 3 assumed where 1 is true", World(_EVEN, assumed=True)),
    nowcast_cell("esr, phi 3 assumed where 5 is true", World(_UNEVEN, assumed=True)),
    nowcast_cell("50,000 h a day", World(Channel(hours=5e4, delays=NIGHTLY_TODAY))),
    nowcast_cell("release, 20 complete dates", World(_OLD, history=20)),
    nowcast_cell("release, servers late on every tenth day", World(_LATE_SERVERS)),
    nowcast_cell("release, submission date of the day before missing", World(_OLD, missing_ago=1)),
    nowcast_cell("release, half of a date delivered two weeks ago", World(_OLD, halved_ago=14)),
    _unusual_cell("release, half of a date delivered yesterday", World(_OLD, halved_ago=1)),
    _unusual_cell("release, delays changed 3 days ago", World(_RELEASE, changed_ago=3)),
    _unusual_cell("release, delays changed 10 days ago", World(_RELEASE, changed_ago=10)),
    _unusual_cell("release, delays changed 21 days ago", World(_RELEASE, changed_ago=21)),
)
