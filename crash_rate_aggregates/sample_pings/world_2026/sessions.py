"""Sessions of clients, with their crashes: what happened, before anybody hears of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from math import exp, log
from random import Random
from statistics import NormalDist
from typing import NamedTuple

from crash_rate_aggregates.sample_pings.world_2026.activity import active_ticks
from crash_rate_aggregates.sample_pings.world_2026.adoption import age_in_days, builds_in_use
from crash_rate_aggregates.sample_pings.world_2026.arrivals import (
    CRASHES_HEARD_LATE,
    rate_of_day,
    sessions_in,
)
from crash_rate_aggregates.sample_pings.world_2026.crash_causes import (
    AUDIENCES,
    CAUSES,
    Cause,
    Hazard,
    hazard,
    headline,
)
from crash_rate_aggregates.sample_pings.world_2026.people import People, Person
from crash_rate_aggregates.sample_pings.world_2026.regressions.bad_release import (
    BUG,
    FEW_OTHERS,
    OFTEN,
    UNEVENNESS,
    BadRelease,
)
from crash_rate_aggregates.sample_pings.world_2026.regressions.regression_factors import (
    regression_factors,
)
from crash_rate_aggregates.sample_pings.world_2026.release_calendar import Build
from crash_rate_aggregates.sample_pings.world_2026.senders import TRAINS

_DAY_SECONDS = 86_400
_DAILY_SHARE = 0.02
_DESKTOP_LOG = 7.43
_DESKTOP_SIGMA = 1.75
_NO_FACTORS: Mapping[Cause, float] = {}
_EARLY_DAYS = 3
_EARLY_FACTOR = 1.3
"""Of a build's crash rates in its first days: 63.0.3 had 1.75 content crashes per 1,000 hours at
two days of age, 63.0.1 1.25 at sixteen ([published] Mission Control's snapshots of 2018)."""
_EARLY_TRAINS = ("release", "beta")
_MOST_AT_ONCE = 30.0


class Crash(NamedTuple):
    """One crash of a session."""

    cause: Cause
    bits: int
    """128 random ones, from which its pings take what else they say."""
    is_late: bool
    """Whether its pings come with the session's usage ping, instead of at once."""


class Session(NamedTuple):
    """What one usage ping tells of."""

    day: date
    """UTC, on which it took place."""
    person: Person
    build: Build
    seconds: int
    active_share: float
    """Of the time in which its machine was awake: somebody used it."""
    bits: int
    """128 random ones."""
    crashes: tuple[Crash, ...]

    @property
    def active_ticks(self) -> int:
        """In which somebody used it, as pings count them."""
        counts_sleep = self.person.machine.v4_name == "Windows_NT"
        return active_ticks(self.seconds, self.active_share, counts_sleep=counts_sleep)


class _Setting(NamedTuple):
    """What all sessions of a day share."""

    day: date
    builds: Mapping[str, Sequence[Build]]
    """By train, a table of what is run."""
    rates: Mapping[str, float]
    """By audience, the day's factor of crash rates."""


_APART = ("regressions", "worse", "bad release")


class _Apart(NamedTuple):
    """Chances of crashes that come on top."""

    regressions: Random
    worse: Random
    bad_release: Random


@lru_cache(maxsize=32)
def _setting(seed: int, day: date, moved: int | None) -> _Setting:
    return _Setting(
        day,
        {train: builds_in_use(train, day, moved) for train in TRAINS},
        {audience: rate_of_day(seed, day, audience) for audience in AUDIENCES},
    )


@dataclass(frozen=True)
class Happenings:
    """All that happens in a world: a function of it, so that no day depends on another."""

    seed: int
    pings_per_day: int
    """Usage pings of an average day."""
    has_regressions: bool = True
    worse: Mapping[str, float] = field(default_factory=dict)
    """Factor of main and content crashes, by version."""
    bad_release: BadRelease | None = None
    """Without regressions it is there all the same, and no worse than others."""

    @cached_property
    def people(self) -> People:
        """All clients."""
        if self.bad_release:
            return People(self.seed, self.pings_per_day, FEW_OTHERS, UNEVENNESS)
        return People(self.seed, self.pings_per_day)

    @cached_property
    def moved(self) -> int | None:
        """Days by which the release calendar is moved, as of `release_calendar.builds`."""
        return self.bad_release.moved if self.bad_release else None

    @cached_property
    def _often(self) -> Mapping[Cause, float]:
        return OFTEN if self.bad_release else _NO_FACTORS

    @cached_property
    def _usual(self) -> Mapping[str, Hazard]:
        return {audience: hazard(audience, self._often) for audience in AUDIENCES}

    def sessions(self, day: date, lag: int) -> Iterator[Session]:
        """Give the sessions of a day whose usage pings come so many days later."""
        random = Random(f"{self.seed} {day} {lag}")
        # Apart, so that all else stays as it is where there are regressions or worse versions.
        apart = _Apart(*(Random(f"{self.seed} {day} {lag} {name}") for name in _APART))
        setting = _setting(self.seed, day, self.moved)
        for _ in range(sessions_in(self.seed, self.pings_per_day, day, lag, random)):
            yield self._session(setting, random, apart)

    def _session(self, setting: _Setting, random: Random, apart: _Apart) -> Session:
        day = setting.day
        person = self.people.drawn(random.random())
        sender = person.sender
        build = setting.builds[sender.train][person.update_slot]
        seconds = _phone_seconds(random) if sender.is_mobile else _desktop_seconds(random)
        active = random.random()
        bits = random.getrandbits(128)
        rate = setting.rates[sender.audience]
        if sender.train in _EARLY_TRAINS and age_in_days(build, day) < _EARLY_DAYS:
            rate *= _EARLY_FACTOR
        exposure = seconds * person.crashiness * rate
        crashes = tuple(_crashes(self._usual[sender.audience], exposure, random))
        factors = regression_factors(person, build) if self.has_regressions else _NO_FACTORS
        if factors:
            more = _crashes(self._surplus(sender.audience, factors), exposure, apart.regressions)
            crashes = (*crashes, *more)
        factor = self.worse.get(build.label)
        if factor is not None:
            found = hazard(sender.audience, self._product(factors))
            crashes = _made_worse(crashes, found, exposure, factor, apart.worse)
        if self._is_struck(person, build):
            # By the session, whoever it is and however long: few long ones would have most of it.
            bug = _crashes(BUG, DESKTOP_MEAN * rate, apart.bad_release)
            crashes = (*crashes, *bug)
        return Session(day, person, build, seconds, active * active, bits, crashes)

    def _surplus(self, audience: str, factors: Mapping[Cause, float]) -> Hazard:
        """Return what regressions, which only make worse, put on top of the usual hazard."""
        often = self._often
        return hazard(
            audience, {one: often.get(one, 1.0) * (factors.get(one, 1.0) - 1) for one in CAUSES}
        )

    def _product(self, factors: Mapping[Cause, float]) -> Mapping[Cause, float]:
        return {one: self._often.get(one, 1.0) * factors.get(one, 1.0) for one in CAUSES}

    def _is_struck(self, person: Person, build: Build) -> bool:
        bad = self.bad_release if self.has_regressions else None
        return bad is not None and bad.strikes(person, build)


def _crashes(found: Hazard, exposure: float, random: Random) -> Iterator[Crash]:
    for _ in range(_poisson(found.per_second * exposure, random)):
        drawn = random.random() * found.per_second
        place = min(bisect_left(found.cumulative, drawn), len(found.causes) - 1)
        late = random.random() < CRASHES_HEARD_LATE
        yield Crash(found.causes[place], random.getrandbits(128), late)


def _made_worse(
    crashes: tuple[Crash, ...], found: Hazard, exposure: float, factor: float, extra: Random
) -> tuple[Crash, ...]:
    """Return crashes of which M and C count `factor` times as many, exactly so in expectation.

    A Poisson number of mean m and one of mean (factor - 1) m add up to one of mean factor m; one of
    which each stays with a chance has that share of its mean.
    """
    if factor >= 1:
        return (*crashes, *_crashes(headline(found), (factor - 1) * exposure, extra))
    return tuple(
        crash for crash in crashes if not crash.cause.is_headline or extra.random() < factor
    )


def _poisson(mean: float, random: Random) -> int:
    number = 0
    while mean > _MOST_AT_ONCE:
        number += _poisson(_MOST_AT_ONCE, random)
        mean -= _MOST_AT_ONCE
    # Knuth's: as long as a product of uniform numbers stays above e^-mean.
    product, end = random.random(), exp(-mean)
    while product > end:
        number += 1
        product *= random.random()
    return number


def _desktop_seconds(random: Random) -> int:
    """Draw a session's length.

    As in the world of 2016: log-normal with a median of 28 minutes and sigma 1.75, and 2% of daily
    splits ([published] quantiles of 100 real pings).
    """
    if random.random() < _DAILY_SHARE:
        return _DAY_SECONDS
    return min(int(random.lognormvariate(_DESKTOP_LOG, _DESKTOP_SIGMA)), _DAY_SECONDS - 1)


def _desktop_mean() -> float:
    """Return the mean of what `_desktop_seconds` draws, but for the rounding to seconds."""
    normal, most = NormalDist(), log(_DAY_SECONDS)
    beyond = (most - _DESKTOP_LOG) / _DESKTOP_SIGMA
    below = exp(_DESKTOP_LOG + _DESKTOP_SIGMA**2 / 2) * normal.cdf(beyond - _DESKTOP_SIGMA)
    cut = below + _DAY_SECONDS * normal.cdf(-beyond)
    return _DAILY_SHARE * _DAY_SECONDS + (1 - _DAILY_SHARE) * cut


DESKTOP_MEAN = _desktop_mean()
"""Seconds of a session on desktops, in the mean."""


def _phone_seconds(random: Random) -> int:
    """Draw how long an application is in the foreground: [chosen] 4 minutes in the median."""
    return min(int(random.lognormvariate(5.48, 1.4)), _DAY_SECONDS - 1)
