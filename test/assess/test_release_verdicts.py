"""Verdicts on stored days: a release that crashes more, and the same days without it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import psycopg

from crash_rate_aggregates.assess.assessing import assess
from crash_rate_aggregates.database.assessments.assessment_rows import (
    AlarmRow,
    ExplanationRow,
    Row,
    VerdictRow,
)
from test.assess.made_world import FIRST, World, WorldTestCase, released, version

NOW = datetime(2026, 8, 4, 4, 0, tzinfo=UTC)
EARLIER = FIRST + timedelta(days=40)
NEWEST = 5
"""The release that is 8 days old on the last evening."""


class VerdictsTestCase(WorldTestCase):
    def said(self, evening: date, label: str = version(NEWEST)) -> dict[str, VerdictRow]:
        """Return the decisive verdicts on a release, by kind."""
        rows = assess(self.connection, evening, NOW).rows
        return {
            row.kind: row
            for row in rows
            if isinstance(row, VerdictRow) and row.label == label and row.is_decisive
        }


class DoubledReleaseTest(VerdictsTestCase):
    world = World(worse={version(NEWEST): 2.0}, only_in="Windows_NT")
    early: Sequence[Row]

    def test_first_day(self) -> None:
        """A release that crashes twice as often is worse on its first day of data."""
        row = self.said(released(NEWEST))["main"]
        self.assertEqual(
            (row.state, row.age, row.previous_label, row.since),
            ("worse", 0, version(NEWEST - 1), released(NEWEST)),
        )

    def test_stays(self) -> None:
        """It stays worse on every evening, since the first, by what it is worse."""
        for days in (1, 3, 5, 7):
            row = self.said(released(NEWEST) + timedelta(days=days))["main"]
            self.assertEqual((row.state, row.since), ("worse", released(NEWEST)), days)
        self.assertAlmostEqual(row.ratio or 0, 1.73, delta=0.1)

    def test_for_whom(self) -> None:
        """It is said that the crashes are those of Windows."""
        rows = assess(self.connection, self.world.last, NOW).rows
        lines = [row for row in rows if isinstance(row, ExplanationRow) and row.list == "segments"]
        of_main = [row for row in lines if row.kind == "main" and row.label == version(NEWEST)]
        self.assertEqual([dict(row.segment) for row in of_main], [{"os_name": "Windows_NT"}])
        self.assertAlmostEqual(of_main[0].ratio or 0, 2.0, delta=0.1)

    def test_others_are_not(self) -> None:
        """The releases before it are not worse."""
        evening = released(NEWEST - 1) + timedelta(days=3)
        self.assertNotEqual(self.said(evening, version(NEWEST - 1))["main"].state, "worse")

    @classmethod
    def after(cls, connection: psycopg.Connection, submission: date) -> None:
        if submission == EARLIER:
            cls.early = assess(connection, submission, NOW).rows

    def test_reads_nothing_later(self) -> None:
        """What is said of an evening is the same whether later days are stored or not."""
        self.assertEqual(assess(self.connection, EARLIER, NOW).rows, self.early)


class EqualReleasesTest(VerdictsTestCase):
    def test_nothing_is_worse(self) -> None:
        """The same days without the doubling have no verdict of worse, and no alarm."""
        for days in range(40, self.world.days, 4):
            assessment = assess(self.connection, FIRST + timedelta(days=days), NOW)
            states = {row.state for row in assessment.rows if isinstance(row, VerdictRow)}
            self.assertNotIn("worse", states, days)
            alarms = [row for row in assessment.rows if isinstance(row, AlarmRow)]
            self.assertEqual(alarms, [], days)


class MissingDayTest(VerdictsTestCase):
    world = World(lost={released(NEWEST) + timedelta(days=2): 1.0})

    def test_data_problem(self) -> None:
        """A missing submission date is told where equal age would be misled by it."""
        rows = assess(self.connection, self.world.last, NOW).rows
        of_equal_age = {
            row.words
            for row in rows
            if isinstance(row, VerdictRow)
            and row.label == version(NEWEST)
            and row.method == "equal age"
        }
        missing = released(NEWEST) + timedelta(days=2)
        self.assertEqual(of_equal_age, {f"data problem: submission date {missing} is not stored"})
