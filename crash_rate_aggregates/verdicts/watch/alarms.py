"""Alarms of one measure of a channel: what lights them, keeps them lit, and puts them out.

Nothing is stored here: each evening takes the state that the evening before returned.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.watch.departures import (
    CLOSE,
    LOOSE,
    MANY_HOURS,
    Dated,
    Departure,
    Strictness,
)
from crash_rate_aggregates.verdicts.watch.level import Level, fit_level

HISTORY = 56
"""Dates before the newest two from which a level is learnt."""
LONGEST = 14
"""Days after which what was an alarm is the level."""
_ANEW = 7
_MOST = 10.0


class AlarmKind(StrEnum):
    """What is wrong."""

    RATE_UP = "rate up"
    """More crashes per hour than before."""
    HOURS_MISSING = "hours missing"
    """Fewer usage hours than before."""


class AlarmPhase(StrEnum):
    """What is new about an alarm this evening."""

    BEGAN = "began"
    """It was not there yesterday."""
    GOES_ON = "goes on"
    """It was."""
    ENDED = "ended"
    """It was, and is no more."""
    NEW_LEVEL = "new level"
    """It lasted so long that from now on it is what is to be expected."""


@dataclass(frozen=True, slots=True)
class AlarmSize:
    """How large it is."""

    activity_date: date
    """Activity date that the figures are of: the newest that shows it, else the newest known."""
    observed: float
    """Crashes per 1,000 usage hours, or hours, corrected for what is still to come."""
    expected: float
    """The same by the level before the alarm."""
    ratio: float
    """Observed over expected."""
    lower: float
    """Lower limit of the 95% interval of the ratio."""
    upper: float
    """Upper limit of it."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is said this evening."""

    kind: AlarmKind
    """What is wrong."""
    phase: AlarmPhase
    """What is new about it."""
    first_date: date
    """Activity date with which it began."""
    size: AlarmSize | None
    """None where neither of the newest two dates is known, so that it just goes on."""


@dataclass(frozen=True, slots=True)
class WatchState:
    """What one evening leaves to the next: plain values, to be stored as a row."""

    first_date: date | None = None
    """Activity date with which the alarm began that is lit; None if none is."""
    level: Level | None = None
    """What was expected before it, frozen while it lasts."""
    largest: float = 0.0
    """The largest distance from that level so far, a logarithm."""
    left_out: tuple[date, ...] = ()
    """Activity dates inside alarms that are over, which no level is learnt from."""
    restart: date | None = None
    """Activity date from which a new level is learnt, after a long alarm."""


@dataclass(frozen=True, slots=True)
class Evening:
    """What is known after an evening."""

    alarm: Alarm | None
    """Lit, or over since this evening."""
    state: WatchState
    """For the next evening."""
    is_watched: bool
    """Whether there were dates enough to tell an alarm from an ordinary day."""


@dataclass(frozen=True, slots=True)
class _Newest:
    """The two newest dates beside their level; None where a date is not known."""

    today: date
    level: Level
    yesterdays: Departure | None
    todays: Departure | None

    def size(self, largest: float) -> AlarmSize | None:
        """Return the figures of the newest date that shows the alarm, else of the newest known."""
        known = [(day, one) for day, one in self.dated() if one]
        if not known:
            return None
        day, shown = next(
            (pair for pair in reversed(known) if not pair[1].is_back(largest)), known[-1]
        )
        expected = math.exp(self.level.expected(day.weekday()))
        return AlarmSize(day, shown.observed, expected, shown.ratio, *shown.limits())

    def dated(self) -> tuple[tuple[date, Departure | None], ...]:
        """Return both with their dates, the older one first."""
        return (self.today - timedelta(1), self.yesterdays), (self.today, self.todays)

    def first_out(self) -> date | None:
        """Return the first date that is an alarm, alone or with the other."""
        known = [(day, one) for day, one in self.dated() if one]
        if len(known) == 2 and all(one.is_high for _, one in known):  # noqa: PLR2004 - both of them
            return known[0][0]
        return next((day for day, one in known if one.stands_out), None)

    def are_back(self, largest: float) -> bool:
        """Tell whether both are known to lie as if nothing were wrong any more."""
        return all(one is not None and one.is_back(largest) for _, one in self.dated())

    def largest(self, before: float) -> float:
        """Return the largest distance, with what it was before, 10 at most."""
        return max([before, *(min(one.distance, _MOST) for _, one in self.dated() if one)])


def evening(
    kind: AlarmKind, dates: Sequence[Dated], today: date, state: WatchState = WatchState()
) -> Evening:
    """Look at the two newest activity dates of one measure of a channel.

    Args:
        kind: Rates go with `DatedRate`, hours with `DatedHours`.
        dates: Of activity dates in a row up to today, oldest first: at least two, 58 by custom;
            more are not looked at. Dates without rows have 0 hours.
        today: The newest activity date: the submission date that was stored last.
        state: That the evening before returned; the default where there was none.
    """
    recent = dates[-HISTORY - 2 :]
    first = today - timedelta(len(recent) - 1)
    level = state.level or _level(recent[:-2], first, state)
    if level is None:
        return Evening(None, _without_old(state, first), is_watched=False)
    strictness = _strictness(recent[:-2])
    newest = _Newest(
        today,
        level,
        *(
            one.departure(level, (today - timedelta(late)).weekday(), strictness)
            for late, one in zip((1, 0), recent[-2:], strict=True)
        ),
    )
    alarm, after = _next(kind, newest, state)
    return Evening(alarm, _without_old(after, first), is_watched=True)


def _next(kind: AlarmKind, newest: _Newest, state: WatchState) -> tuple[Alarm | None, WatchState]:
    today, largest = newest.today, newest.largest(state.largest)
    size = newest.size(largest)
    if state.first_date is None:
        began = newest.first_out()
        if began is None:
            return None, state
        lit = replace(state, first_date=began, level=newest.level, largest=largest)
        return Alarm(kind, AlarmPhase.BEGAN, began, size), lit
    if newest.are_back(largest):
        phase, last, restart = AlarmPhase.ENDED, today - timedelta(2), state.restart
    elif (today - state.first_date).days >= LONGEST:
        phase, last = AlarmPhase.NEW_LEVEL, today - timedelta(_ANEW)
        restart = last + timedelta(1)
    else:
        lit = replace(state, largest=largest)
        return Alarm(kind, AlarmPhase.GOES_ON, state.first_date, size), lit
    left_out = state.left_out + tuple(_days(state.first_date, last))
    over = WatchState(left_out=left_out, restart=restart)
    return Alarm(kind, phase, state.first_date, size), over


def _level(dates: Sequence[Dated], first: date, state: WatchState) -> Level | None:
    days = [first + timedelta(number) for number in range(len(dates))]
    out = set(state.left_out)
    values = [
        np.nan if day in out or one.is_quiet else one.log_value
        for day, one in zip(days, dates, strict=True)
    ]
    restart = (state.restart - first).days if state.restart else 0
    return fit_level(
        _finite(values),
        np.array([one.variance for one in dates]),
        [day.weekday() for day in days],
        max(0, restart),
    )


def _finite(values: Sequence[float]) -> Floats:
    """Return the values as an array, NaN for those that are infinite."""
    table = np.asarray(values, dtype=float)
    return np.where(np.isfinite(table), table, np.nan)


def _strictness(dates: Sequence[Dated]) -> Strictness:
    hours = float(np.median([one.hours for one in dates]))
    return CLOSE if hours >= MANY_HOURS else LOOSE


def _without_old(state: WatchState, first: date) -> WatchState:
    """Forget what lies before the dates that are looked at."""
    restart = state.restart if state.restart and state.restart > first else None
    kept = tuple(day for day in state.left_out if day >= first)
    return replace(state, left_out=kept, restart=restart)


def _days(first: date, last: date) -> Sequence[date]:
    return [first + timedelta(number) for number in range((last - first).days + 1)]
