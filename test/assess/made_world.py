"""A release channel without chance: releases every 14 days, delays and systems always the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import psycopg

from crash_rate_aggregates.applications import KNOWN_APPLICATIONS
from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.stored_applications import store_applications
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from test.database.sample_days import DatabaseTestCase, Row, day

FIRST = date(2026, 6, 1)
"""First submission date, a Monday."""
GAP = 14
"""Days between two releases."""
HOURS_A_DAY = 6_000_000
RATE = 4.0
"""Main crashes per 1,000 hours of a release that is not worse."""
SYSTEMS = {"Windows_NT": (0.8, 1.0), "Linux": (0.2, 1.5)}
"""Share of the hours, and how often it crashes beside RATE."""
DELAYS = {0: (0.6, 0.75), 1: (0.3, 0.2), 3: (0.1, 0.05)}
"""By days late: share of the hours and of the crashes. Crashes come first."""
_UPTAKE = (0.05, 0.2, 0.4, 0.6, 0.75, 0.85, 0.9)
"""Share of the hours by days after the release; the last one from then on."""


@dataclass(frozen=True)
class World:
    """What is different in it."""

    days: int = 64
    """Submission dates from FIRST on."""
    worse: Mapping[str, float] = field(default_factory=dict)
    """Factors of main crashes by version."""
    only_in: str | None = None
    """The system in which they hold; None for all."""
    spikes: Mapping[date, float] = field(default_factory=dict)
    """Factors of all crashes by activity date."""
    lost: Mapping[date, float] = field(default_factory=dict)
    """Share of a submission date's pings that are missing; 1 for a day that is not stored."""

    @property
    def last(self) -> date:
        """The last submission date."""
        return FIRST + timedelta(days=self.days - 1)


def version(number: int) -> str:
    """Return the name of a release, counted from the first."""
    return f"{150 + number}.0"


def released(number: int) -> date:
    """Return the first activity date of a release."""
    return FIRST - timedelta(days=GAP) + timedelta(days=GAP * number)


def _uptake(number: int, activity: date) -> float:
    age = (activity - released(number)).days
    return 0.0 if age < 0 else _UPTAKE[min(age, len(_UPTAKE) - 1)]


def shares(activity: date) -> dict[int, float]:
    """Return the share of the hours that each release has on an activity date."""
    left, found = 1.0, {}
    newest = (activity - released(0)).days // GAP
    for number in range(newest, max(newest - 3, -1), -1):
        found[number] = left * _uptake(number, activity)
        left -= found[number]
    return found


def rows_of(world: World, submission: date) -> Iterator[Row]:
    """Yield the aggregates of a submission date."""
    kept = 1 - world.lost.get(submission, 0.0)
    for late, (of_hours, of_crashes) in DELAYS.items():
        activity = submission - timedelta(days=late)
        for number, share in shares(activity).items():
            for system, (of_system, beside) in SYSTEMS.items():
                hours = HOURS_A_DAY * share * of_system * kept
                crashes = (
                    hours
                    * RATE
                    / 1000
                    * beside
                    * of_crashes
                    * _factor(world, number, system, activity)
                )
                yield _row(number, system, activity, hours * of_hours, crashes)


def _factor(world: World, number: int, system: str, activity: date) -> float:
    worse = world.worse.get(version(number), 1.0)
    of_system = worse if world.only_in in (None, system) else 1.0
    return of_system * world.spikes.get(activity, 1.0)


def _row(number: int, system: str, activity: date, hours: float, crashes: float) -> Row:
    built = released(number) - timedelta(days=5)
    return Row(
        {
            "application": "Firefox",
            "channel": "release",
            "build_version": version(number),
            "build_id": f"{built:%Y%m%d}120000",
            "os_name": system,
            "architecture": "x86-64",
            "country": "DE",
        },
        {
            "ping_count": round(hours / 2),
            "usage_seconds": round(hours) * 3600,
            "main_crashes": round(crashes),
        },
        activity,
    )


class WorldTestCase(DatabaseTestCase):
    """Has the days of `world` stored, once for all its tests."""

    world = World()

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        with connect(cls.url) as connection:
            store_applications(connection, KNOWN_APPLICATIONS)
            for number in range(cls.world.days):
                submission = FIRST + timedelta(days=number)
                if cls.world.lost.get(submission) != 1.0:
                    ensure_partition(connection, submission)
                    stored = day(*rows_of(cls.world, submission), submission_date=submission)
                    replace_day(connection, stored)
                    cls.after(connection, submission)

    @classmethod
    def after(cls, connection: psycopg.Connection, submission: date) -> None:
        """Do what a test wants as soon as a day is stored."""

    def setUp(self) -> None:
        self.connection = self.connect()
