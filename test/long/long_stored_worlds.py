"""Drawn worlds through stored days and SQL: the same arrays and words as from the world itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np

from crash_rate_aggregates.applications import KNOWN_APPLICATIONS
from crash_rate_aggregates.assess.assessing import assess
from crash_rate_aggregates.assess.channel_fit import fit_kinds
from crash_rate_aggregates.assess.judged_releases import ReleaseContext, judged_releases
from crash_rate_aggregates.assess.release_verdicts import verdict_rows
from crash_rate_aggregates.database.assessments.assessment_rows import VerdictRow
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.stored_applications import store_applications
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.questions.inputs.channel_days import channel_days
from crash_rate_aggregates.questions.inputs.snapshot import evening_of
from crash_rate_aggregates.questions.inputs.strata import read_strata
from crash_rate_aggregates.questions.inputs.successions import successions
from test.database.sample_days import DatabaseTestCase, Row, day

WORLDS = int(os.environ.get("CRASH_RATE_AGGREGATES_STORED_WORLDS", "20"))
"""Drawn by the seeds from 1 on."""
FIRST = date(2026, 6, 1)
DAYS = 48
NOW = datetime(2026, 8, 4, 4, 0, tzinfo=UTC)
SYSTEMS = ("Windows_NT", "Darwin", "Linux")
COUNTRIES = tuple(f"{first}{second}" for first in "AB" for second in "ABCDEFGH")
"""Of which the table by stratum names 12 a day, so that some come and go."""


class DrawnWorld:
    """Rows of a release channel, all drawn: gaps, roll-outs, delays, mixes, crashes."""

    def __init__(self, seed: int) -> None:
        """Draw what is the same on all days."""
        self.random = np.random.default_rng(seed)
        self.gap = int(self.random.integers(5, 15))
        self.rate = float(self.random.uniform(1, 8))
        self.hours = float(self.random.uniform(2e5, 5e6))
        self.uptake = float(self.random.uniform(0.2, 0.6))
        self.of_hours = self.random.dirichlet([8, 4, 1, 1, 0.5, 0.5, 0.3, 0.3])
        self.of_crashes = self.random.dirichlet([12, 3, 1, 0.5, 0.5, 0.3, 0.3, 0.3])
        self.systems = self.random.dirichlet([6, 2, 1])
        self.countries = self.random.dirichlet(np.linspace(4, 0.5, len(COUNTRIES)))
        self.factors = self.random.lognormal(0, 0.3, 40)
        self.rows: list[tuple[date, Row]] = []
        for number in range(DAYS):
            submission = FIRST + timedelta(days=number)
            self.rows += [(submission, row) for row in self._day(submission)]

    def _day(self, submission: date) -> Iterator[Row]:
        for late in range(8):
            activity = submission - timedelta(days=late)
            day_effect = self.random.lognormal(0, 0.05)
            left = 1.0
            newest = (activity - FIRST).days // self.gap + 3
            for number in range(newest, max(newest - 4, -1), -1):
                age = (activity - self._released(number)).days
                share = left * (1 - (1 - self.uptake) ** (age + 0.3)) if age >= 0 else 0.0
                left -= share
                yield from self._release(number, activity, late, share, day_effect)

    def _released(self, number: int) -> date:
        return FIRST + timedelta(days=self.gap * (number - 3))

    def _release(
        self, number: int, activity: date, late: int, share: float, day_effect: float
    ) -> Iterator[Row]:
        for system, of_system in zip(SYSTEMS, self.systems, strict=True):
            for country, of_country in zip(COUNTRIES, self.countries, strict=True):
                hours = self.hours * share * of_system * of_country
                mean = hours * self.rate / 1000 * self.factors[number % 40] * day_effect
                seconds = round(3600 * hours * float(self.of_hours[late]))
                crashes = int(self.random.poisson(mean * self.of_crashes[late]))
                if seconds or crashes:
                    yield _row(
                        self._released(number), (system, country), activity, seconds, crashes
                    )

    def version_of(self, row: Row) -> str:
        """Return the label of a row's release."""
        return row.dimensions["build_version"]


def _row(released: date, where: tuple[str, str], activity: date, seconds: int, crashes: int) -> Row:
    return Row(
        {
            "application": "Firefox",
            "channel": "release",
            "build_version": f"{150 + (released - FIRST).days // 5 + 10}.0",
            "build_id": f"{released - timedelta(days=3):%Y%m%d}120000",
            "os_name": where[0],
            "architecture": "x86-64",
            "country": where[1],
        },
        {"ping_count": 1, "usage_seconds": seconds, "main_crashes": crashes},
        activity,
    )


class StoredWorldsTest(DatabaseTestCase):
    def test_worlds(self) -> None:
        """Arrays from SQL are the world's own sums, and the words are those said of these."""
        store_applications(self.connection, KNOWN_APPLICATIONS)
        for seed in range(1, WORLDS + 1):
            with self.subTest(seed=seed):
                self.setUp()
                world = DrawnWorld(seed)
                for number in range(DAYS):
                    self._store(world, FIRST + timedelta(days=number))
                self._compare(world, FIRST + timedelta(days=DAYS - 1 - seed % 5))

    def _store(self, world: DrawnWorld, submission: date) -> None:
        ensure_partition(self.connection, submission)
        rows = [row for stored, row in world.rows if stored == submission]
        replace_day(self.connection, day(*rows, submission_date=submission))

    def _compare(self, world: DrawnWorld, evening: date) -> None:
        with evening_of(self.connection, evening) as snapshot:
            (days,) = channel_days(snapshot)
            self._check_channel(world, evening, days.first, days.hours, days.crashes["main"])
            (succession,) = successions(snapshot)
            strata = read_strata(snapshot, succession, succession.releases, 60)
            for release in succession.releases:
                version = strata.version(release.label, "main")
                own = _sums(world, evening, release.label, release.first_day, version.ages)
                np.testing.assert_allclose(version.hours.sum(axis=2), own[0], rtol=1e-9)
                np.testing.assert_allclose(version.crashes.sum(axis=2), own[1], rtol=1e-9)
            context = ReleaseContext(snapshot, succession, fit_kinds(days, {}))
            expected = list(verdict_rows(context, judged_releases(context)))
        said = assess(self.connection, evening, NOW).rows
        self.assertEqual([row for row in said if isinstance(row, VerdictRow)], expected)
        self.assertTrue(expected)

    def _check_channel(self, world, evening, first, hours, crashes) -> None:
        own = np.zeros((2, *hours.shape))
        for submission, row in world.rows:
            at = (row.activity_date - first).days
            if submission <= evening and at >= 0:
                late = (submission - row.activity_date).days
                own[0, at, late] += row.stats["usage_seconds"] / 3600
                own[1, at, late] += row.stats["main_crashes"]
        np.testing.assert_allclose(hours, own[0], rtol=1e-9)
        np.testing.assert_allclose(crashes, own[1], rtol=1e-9)


def _sums(world: DrawnWorld, evening: date, label: str, first: date, ages: int):
    """Return a release's hours and crashes by age and days late, over all strata."""
    own = np.zeros((2, ages, 8))
    for submission, row in world.rows:
        age = (row.activity_date - first).days
        if submission <= evening and world.version_of(row) == label and 0 <= age < ages:
            late = (submission - row.activity_date).days
            own[0, age, late] += row.stats["usage_seconds"] / 3600
            own[1, age, late] += row.stats["main_crashes"]
    return own
