"""Rates by release and by experiment, and per active hours."""

from __future__ import annotations

import unittest
from datetime import date
from typing import Any

from crash_rate_aggregates.errors import DimensionsError
from crash_rate_aggregates.ledger import CarriedLine
from crash_rate_aggregates.questions.hours import ACTIVE_HOURS
from crash_rate_aggregates.questions.rate_tables import whole_names
from crash_rate_aggregates.questions.rates import crash_rates, rates_answer
from crash_rate_aggregates.questions.untold import left_out
from crash_rate_aggregates.rows import BY_EXPERIMENT, LABELS
from test.database.sample_days import Row
from test.questions.stored_days import HOURS, QuestionsTestCase

DAY = date(2016, 3, 14)
BETA = {"channel": "beta", "build_version": "46.0"}


def build(number: int, **dimensions: str) -> dict[str, str]:
    """Return the dimensions of a build of beta."""
    return {**BETA, "build_id": f"2016031{number}000000", **dimensions}


def named(number: int, label: str) -> dict[str, Any]:
    """Return what pings of the day call that build."""
    build_id = build(number)["build_id"]
    return {"channel": "beta", "build_id": build_id, "learned_label": label, "learned_pings": 3}


class RatesByReleaseTest(QuestionsTestCase):
    def setUp(self) -> None:
        """Store builds of 1,000 hours: two of one release, one of another, one without a name."""
        super().setUp()
        stats = {"usage_seconds": HOURS, "main_crashes": 2}
        builds = [build(1), build(2, os_name="Linux"), build(3), build(4)]
        self.fill(
            DAY,
            *(Row(one, stats) for one in builds),
            tables={LABELS: [named(1, "46.0b9"), named(2, "46.0b9"), named(3, "46.0b10")]},
        )

    def test_by_version(self) -> None:
        """All builds of a release are one group; a build without a name stands by its version."""
        found = [
            (one.group, one.usage_hours, one.kinds["main"].crashes)
            for one in crash_rates(self.connection, ["version"])
        ]
        # Of equal hours the earlier release goes first, as crash_version_order has it.
        self.assertEqual(
            found,
            [
                (("46.0b9",), 2000.0, 4),
                (("46.0b10",), 1000.0, 2),
                (("46.0",), 1000.0, 2),
            ],
        )

    def test_beside_dimensions(self) -> None:
        """It may stand beside any dimension and date."""
        groups = [
            one.group
            for one in crash_rates(self.connection, ["os_name", "version", "submission_date"])
        ]
        self.assertIn(("Linux", "46.0b9", "2016-03-14"), groups)
        self.assertEqual(len(groups), 4)

    def test_channels_apart(self) -> None:
        """A build of another channel with the same id has no name from this one."""
        stats = {"usage_seconds": HOURS}
        self.fill(date(2016, 3, 15), Row(build(1, channel="esr"), stats), tables={LABELS: []})
        groups = {one.group for one in crash_rates(self.connection, ["channel", "version"])}
        self.assertIn(("esr", "46.0"), groups)


class RatesByExperimentTest(QuestionsTestCase):
    def enrolled(self, branch: str, **values: Any) -> dict[str, Any]:
        """Return a row of an experiment's branch, of 1,000 hours."""
        return {
            "experiment": "cache",
            "branch": branch,
            "channel": "beta",
            "active_clients": 500,
            "ping_count": 5,
            "usage_seconds": HOURS,
            **values,
        }

    def setUp(self) -> None:
        """Store an experiment of two branches, one of them on two channels."""
        super().setUp()
        self.fill(
            DAY,
            tables={
                BY_EXPERIMENT: [
                    self.enrolled("control", main_crashes=2, main_crashes_sent_twice=2),
                    self.enrolled("treatment", main_crashes=8, active_seconds=HOURS // 2),
                    self.enrolled("treatment", channel="esr", gpu_crashes=1),
                    self.enrolled("tiny", active_clients=99, main_crashes=1),
                ]
            },
        )

    def test_by_experiment(self) -> None:
        """An experiment stands with its branch; all kinds of crashes have their rate."""
        names = whole_names(["experiment"])
        self.assertEqual(names, ("experiment", "branch"))
        found = {one.group: one for one in crash_rates(self.connection, names)}
        treatment = found["cache", "treatment"]
        self.assertEqual((treatment.ping_count, treatment.usage_hours), (10, 2000.0))
        self.assertEqual(treatment.kinds["main"].per_1000_hours, 4.0)
        self.assertEqual(treatment.kinds["gpu"].per_1000_hours, 0.5)
        self.assertEqual(found["cache", "control"].kinds["main"].crashes, 1)

    def test_few_people(self) -> None:
        """A branch with fewer people than readers may know of is other."""
        groups = {one.group for one in crash_rates(self.connection, ["experiment", "branch"])}
        self.assertEqual(groups, {("cache", "control"), ("cache", "treatment"), ("other", "other")})

    def test_beside(self) -> None:
        """Channel, application, version and date may stand beside it, dimensions may not."""
        self.assertEqual(whole_names(["branch", "channel"]), ("branch", "channel"))
        names = whole_names(["experiment", "channel", "submission_date"])
        self.assertEqual(names, ("experiment", "branch", "channel", "submission_date"))
        groups = {one.group for one in crash_rates(self.connection, names)}
        self.assertIn(("cache", "treatment", "esr", "2016-03-14"), groups)
        with self.assertRaisesRegex(
            DimensionsError,
            "^there are no rates by 'os_name' and 'experiment' together: choose from experiment, "
            "branch, application, channel, version, submission_date$",
        ):
            crash_rates(self.connection, [*names, "os_name"])


class ActiveHoursTest(QuestionsTestCase):
    def store_hours(self, **ticks: int) -> None:
        """Store nightlies of two applications and a beta of one; ticks in so many pings."""
        stats = {"usage_seconds": HOURS, "main_crashes": 2}
        self.fill(
            DAY,
            Row({"channel": "nightly"}, {**stats, "active_seconds": HOURS // 2}),
            Row({"channel": "nightly", "application": "Fenix"}, stats),
            Row({"channel": "beta", "application": "Fenix"}, stats),
            tables={},
            carried=[
                CarriedLine(name, "main", "active ticks", pings) for name, pings in ticks.items()
            ],
        )

    def found(self, *by: str) -> dict[tuple[str | None, ...], tuple[Any, ...]]:
        """Return of each group hours, and crashes, rate and note of M."""
        return {
            one.group: (one.usage_hours, main.crashes, main.per_1000_hours, main.note)
            for one in crash_rates(self.connection, by, hours=ACTIVE_HOURS)
            for main in (one.kinds["main"],)
        }

    def test_left_out(self) -> None:
        """What tells no active hours is left out with its crashes where a group has others."""
        self.store_hours(Firefox=9, Fenix=0)
        self.assertEqual(
            self.found("channel"),
            {
                ("nightly",): (500.0, 2, 4.0, None),
                ("beta",): (None, 2, None, "no active ticks"),
            },
        )
        told_by = ACTIVE_HOURS.told_by
        self.assertEqual(left_out(self.connection, told_by, ["channel"], None, None), ["Fenix"])
        self.assertEqual(left_out(self.connection, told_by, ["application"], None, None), [])

    def test_by_application(self) -> None:
        """An application that tells none is a group whose hours are not known."""
        self.store_hours(Firefox=9, Fenix=0)
        self.assertEqual(
            self.found("application"),
            {
                ("Firefox",): (500.0, 2, 4.0, None),
                ("Fenix",): (None, 4, None, "no active ticks"),
            },
        )

    def test_ticks_of_nobody_there(self) -> None:
        """Where pings carry ticks, none of them are hours of 0, which are no rate either."""
        self.store_hours(Firefox=9, Fenix=9)
        self.assertEqual(self.found("channel")["beta",], (0.0, 2, None, "no active hours"))
        self.assertEqual(self.found("channel")["nightly",], (500.0, 4, 8.0, None))

    def test_not_counted(self) -> None:
        """A day of an older run, which did not count them, makes those of its groups unknown."""
        self.store_hours(Firefox=9, Fenix=9)
        self.connection.execute(
            "UPDATE crash_aggregates SET active_seconds = NULL "
            "WHERE dimensions ->> 'channel' = 'beta'"
        )
        note = "active hours not counted: fill the days again"
        self.assertEqual(self.found("channel")["beta",], (None, 2, None, note))
        self.assertEqual(self.found("channel")["nightly",], (500.0, 4, 8.0, None))
        self.assertEqual(self.found(), {(): (None, 6, None, note)})

    def test_answer(self) -> None:
        """Programs see by their names which hours the rates are by."""
        self.store_hours()
        found = crash_rates(self.connection, hours=ACTIVE_HOURS)
        columns = rates_answer(["channel"], found, ACTIVE_HOURS).columns
        self.assertEqual(columns[:4], ("channel", "ping_count", "active_hours", "min_active_hours"))


if __name__ == "__main__":
    unittest.main()
