"""Series that Mozilla published, as worlds: how release's rate moved, and how its pings came in.

CRASH_RATE_AGGREGATES_REAL_PINGS names the folder they are in; without it there are no such cells.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from pathlib import Path

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.watch.alarms import AlarmKind, AlarmPhase
from simulations.cells import Aim, Cell, Counts, Measure
from simulations.days.arrivals import RELEASE_2017, Delays, Digitised
from simulations.days.channels import Channel, known_phi
from simulations.days.evenings import FIRST_EVENING, Watched
from simulations.days.nowcasts import World, nowcast_cell

_FOLDER = "CRASH_RATE_AGGREGATES_REAL_PINGS"
_RATES = "derived/firefox_release_crash_rates_201609_201705.csv"
_DELAYS = "derived/delay_cdf_2017-01-10_digitised.csv"
_MONTH = 30
_RUNS = 300


@dataclass(frozen=True, slots=True)
class Series:
    """A published rate of release, from 5 September 2016, a Monday, on."""

    column: str
    """Of the file."""

    def levels(self) -> Floats:
        """Return crashes per 1,000 hours by date; of dates without a rate, between neighbours."""
        by_date = {
            date.fromisoformat(row["date"]).toordinal(): float(row[self.column])
            for row in _rows(_RATES)
            if row[self.column]
        }
        first, last = date(2016, 9, 5).toordinal(), max(by_date)
        known = sorted(by_date)
        logs = np.log([by_date[day] for day in known])
        return np.asarray(np.exp(np.interp(np.arange(first, last + 1), known, logs)))


def month(series: Series, factor: float, generator: np.random.Generator) -> Counts:
    """Watch a month of the series, at a random place of it; from a day on the rate is higher.

    The published rates are the levels: chance of counts and days of 4% come on top. What an alarm
    without a rise would be is not known, as the series moves for reasons of its own.
    """
    levels = series.levels()
    weeks = (len(levels) - FIRST_EVENING - _MONTH) // 7
    start = 7 * int(generator.integers(weeks + 1))
    number, first = FIRST_EVENING + _MONTH, FIRST_EVENING + 14
    chosen = levels[start : start + number] * np.where(np.arange(number) >= first, factor, 1.0)
    channel = Channel(day_sd=0.04, drift=0.0, cycle=0.0, weekday_sd=0.0, delays=_delays())
    days = channel.draw(generator, number, lambda _: chosen)
    watched = Watched(days, known_phi(generator, channel))
    alarms = list(watched.alarms(AlarmKind.RATE_UP))
    lit = {
        today: alarm is not None and alarm.phase in (AlarmPhase.BEGAN, AlarmPhase.GOES_ON)
        for today, alarm in alarms
    }
    if factor == 1:
        began = sum(1 for _, alarm in alarms if alarm and alarm.phase is AlarmPhase.BEGAN)
        return {"alarms a month": (began, 1.0)}
    stays = [lit[day] for day in range(first + 1, first + 14)]
    return {
        "lit by the next day": (float(lit[first] or lit[first + 1]), 1.0),
        "lit on days 2 to 14": (float(sum(stays)), float(len(stays))),
    }


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (Path(os.environ[_FOLDER]) / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@cache
def _delays() -> Delays:
    """Return release's published delays, without servers that are late."""
    crashes, hours = (_curve(name) for name in ("crash_combined", "main_combined"))
    return replace(RELEASE_2017, crashes=crashes, hours=hours, late_server=0.0)


def _curve(name: str) -> Digitised:
    points = sorted(
        (float(row["hours"]), float(row["cdf"]))
        for row in _rows(_DELAYS)
        if row["curve"] == name and row["channel"] == "release" and row["cdf"]
    )
    hours, shares = zip(*points, strict=True)
    # Read off a plot: a point may lie a little below the one before it.
    return Digitised(hours, tuple(np.maximum.accumulate(shares).tolist()))


def _series_cells(kind: str, column: str) -> Iterator[Cell]:
    series = Series(column)
    yield Cell(
        "Watch",
        f"published series of release, {kind}",
        _RUNS,
        (Measure("alarms a month"),),
        partial(month, series, 1.0),
    )
    measures = (
        Measure("lit by the next day", Aim(at_least=0.99), Aim(at_least=1.0)),
        Measure("lit on days 2 to 14", Aim(at_least=0.97), Aim(at_least=1.0)),
    )
    name = f"published series of release, {kind}, x1.5"
    yield Cell("Watch", name, _RUNS, measures, partial(month, series, 1.5))


def published_cells() -> tuple[Cell, ...]:
    """Return the cells of the published files, none where there are no files."""
    if not os.environ.get(_FOLDER):
        return ()
    return (
        nowcast_cell("release, published delays of 2017", World(Channel(delays=_delays()))),
        *_series_cells("main crashes", "crash_rate_main_avg_by_user"),
        *_series_cells("content crashes", "crash_rate_content_avg_by_user"),
    )
