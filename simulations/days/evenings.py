"""Evenings of a made-up channel: what the watch is told on each, from what is stored by then."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from crash_rate_aggregates.verdicts.delays import ALL_LAGS, Delay, fit_delay
from crash_rate_aggregates.verdicts.watch.alarms import (
    HISTORY,
    Alarm,
    AlarmKind,
    WatchState,
    evening,
)
from crash_rate_aggregates.verdicts.watch.departures import Dated, DatedHours, DatedRate
from crash_rate_aggregates.verdicts.watch.volumes import HoursShare, fit_hours_share
from simulations.days.arrivals import stored_lags
from simulations.days.channels import Days

FIRST_EVENING = HISTORY + 14
"""Index of the first date with an evening: 56 complete dates lie before it."""
_UNKNOWN = HoursShare((float("nan"),) * 7, 0.0)


@dataclass(frozen=True)
class Watched:
    """A channel's days as they are stored."""

    days: Days
    phi: float
    """As the method believes."""
    first_date: date = date(2026, 3, 2)
    """A Monday."""
    missing: Collection[int] = ()
    """Indices of submission dates that were never stored."""
    quiet: Callable[[date], bool] = lambda _: False
    """Dates on which people are known to be away."""

    @cached_property
    def totals(self) -> list[tuple[float, float]]:
        """Crashes and hours of each date in the end."""
        crashes, hours = (part.sum(axis=1) for part in (self.days.crashes, self.days.hours))
        return list(zip(crashes.tolist(), hours.tolist(), strict=True))

    def alarms(self, kind: AlarmKind) -> Iterator[tuple[int, Alarm | None]]:
        """Yield what each evening says, with the index of its newest date."""
        state = WatchState()
        measure = self._rate if kind is AlarmKind.RATE_UP else self._hours
        known: dict[int, Dated] = {}
        table = None
        for today in range(FIRST_EVENING, len(self.days.hours)):
            table = _Table(self, today, table)
            for day in range(today - HISTORY - 1, today + 1):
                # A complete date stays what it is.
                if day not in known or day > today - 8:
                    known[day] = measure(table, day)
            dates = [known[day] for day in range(today - HISTORY - 1, today + 1)]
            found = evening(kind, dates, self.first_date + timedelta(today), state)
            state = found.state
            yield today, found.alarm

    def _rate(self, table: _Table, day: int) -> DatedRate:
        lags = table.lags(day)
        crashes, hours = table.so_far(day, lags)
        delay = table.delay(lags)
        if delay is None or 0 not in lags:
            return DatedRate(crashes, hours, float("nan"), 0.0, self.phi)
        bias = delay.log_bias[self.days.weekdays[day]]
        return DatedRate(crashes, hours, bias, delay.log_variance, self.phi)

    def _hours(self, table: _Table, day: int) -> DatedHours:
        lags = table.lags(day)
        share = (table.share(lags) or _UNKNOWN) if 0 in lags else _UNKNOWN
        log_share = share.log_share[self.days.weekdays[day]]
        quiet = self.quiet(self.first_date + timedelta(day))
        return DatedHours(table.so_far(day, lags)[1], log_share, share.log_variance, is_quiet=quiet)


class _Table:
    """What is stored on an evening, and what complete dates tell of delays.

    It is learnt on Mondays and kept for the week, unlike in the program, which learns each evening:
    most of the time would go into that.
    """

    def __init__(self, watched: Watched, today: int, before: _Table | None) -> None:
        self._watched, self._today = watched, today
        self.delays: dict[frozenset[int], Delay | None] = {}
        self.shares: dict[frozenset[int], HoursShare | None] = {}
        if before and today % 7:
            self.delays, self.shares = before.delays, before.shares

    @cached_property
    def _complete(self) -> list[int]:
        """Indices of the newest complete dates."""
        days = range(max(0, self._today - 7 - 2 * HISTORY), self._today - 6)
        return [day for day in days if self.lags(day) == ALL_LAGS][-HISTORY:]

    def lags(self, day: int) -> frozenset[int]:
        """Return the days late of a date that are stored."""
        return stored_lags(day, self._today, self._watched.missing)

    def so_far(self, day: int, lags: frozenset[int]) -> tuple[float, float]:
        """Return the crashes and hours of a date that some lags brought."""
        if lags == ALL_LAGS:
            return self._watched.totals[day]
        crashes, hours = self._watched.days.crashes[day], self._watched.days.hours[day]
        return sum(crashes[late] for late in lags), sum(hours[late] for late in lags)

    def delay(self, lags: frozenset[int]) -> Delay | None:
        """Return what is known of a date with such lags."""
        if lags not in self.delays:
            days = self._watched.days
            hours, crashes, weekdays = (
                column[self._complete] for column in (days.hours, days.crashes, days.weekdays)
            )
            self.delays[lags] = fit_delay(hours, crashes, weekdays, self._watched.phi, lags)
        return self.delays[lags]

    def share(self, lags: frozenset[int]) -> HoursShare | None:
        """Return the same of its hours."""
        if lags not in self.shares:
            days = self._watched.days
            hours, weekdays = (column[self._complete] for column in (days.hours, days.weekdays))
            self.shares[lags] = fit_hours_share(hours, weekdays, lags)
        return self.shares[lags]
