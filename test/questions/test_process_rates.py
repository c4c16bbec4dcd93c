"""Rates by what crashed: whose hours they are by, what is left out, and what is not known."""

from __future__ import annotations

import unittest
from collections.abc import Mapping
from datetime import date
from typing import Any

from crash_rate_aggregates.errors import DimensionsError, UsageError
from crash_rate_aggregates.ledger import CarriedLine
from crash_rate_aggregates.outcomes import CrashSource
from crash_rate_aggregates.questions.hours import ACTIVE_HOURS
from crash_rate_aggregates.questions.process_rates import (
    ProcessRate,
    process_answer,
    process_rates,
)
from crash_rate_aggregates.questions.rates import CrashRate
from crash_rate_aggregates.rows import BY_PROCESS, LABELS
from test.database.sample_days import Row
from test.questions.stored_days import HOURS, QuestionsTestCase

DAY = date(2016, 3, 14)
ACTIVE_DATE = date(2016, 3, 13)
PING, HISTOGRAM = CrashSource.CRASH_PING, CrashSource.HISTOGRAM


def crashed(process: str, crashes: int, **values: Any) -> dict[str, Any]:
    """Return a row of crashes of crash pings, of no class, unless values say otherwise."""
    return {
        "activity_date": ACTIVE_DATE,
        "channel": "nightly",
        "process": process,
        "crash_class": "none",
        "is_startup": False,
        "source": PING.value,
        "crashes": crashes,
        **values,
    }


def histogram(process: str, crashes: int) -> dict[str, Any]:
    """Return a row of crashes that main pings tell."""
    return crashed(process, crashes, source=HISTOGRAM.value, crash_class=None, is_startup=None)


class ProcessRatesTest(QuestionsTestCase):
    def crashes(
        self, *crashes: Mapping[str, Any], rows: tuple[Row, ...] = (), **stats: int
    ) -> None:
        """Store a day of 1,000 hours of nightly, or those rows, with such crashes."""
        pings = sum(one["crashes"] for one in crashes if one["source"] == PING.value)
        counted = {"usage_seconds": HOURS, "other_process_crash_pings": pings, **stats}
        self.fill(DAY, Row({"channel": "nightly"}, counted), *rows, tables={BY_PROCESS: crashes})

    def found(self, *by: str, **how: Any) -> dict[tuple[str | None, ...], tuple[Any, ...]]:
        """Return crashes, rate, hours and note of each group, in their order."""
        return {
            one.group: (
                one.rate.crashes,
                one.rate.per_1000_hours,
                one.usage_hours,
                one.rate.note,
            )
            for one in process_rates(self.connection, by, **how)
        }

    def test_by_process(self) -> None:
        """Each process has the hours of its whole group and an interval, most crashes first."""
        self.crashes(crashed("gpu", 3), crashed("main", 10), crashed("main", 2))
        main, gpu = process_rates(self.connection, ["process"])
        self.assertEqual((main.group, gpu.group), (("main",), ("gpu",)))
        self.assertEqual((main.rate.crashes, main.rate.per_1000_hours), (12, 12.0))
        for one, crashes in ((main.rate, 12), (gpu.rate, 3)):
            self.assert_interval((one.per_1000_hours, one.lower, one.upper), crashes, 1000)
        self.assertEqual((gpu.usage_hours, gpu.min_usage_hours), (1000.0, 100.0))

    def test_kills_at_shutdown(self) -> None:
        """A kill at shutdown is in no rate, and tells that crash pings were counted."""
        self.crashes(crashed("content", 7, crash_class="shutdown kill"))
        self.assertEqual(self.found("process"), {(None,): (0, 0.0, 1000.0, None)})

    def test_sent_twice(self) -> None:
        """Of 10 main crashes, 5 of them sent twice, 8 count: half of their sum, rounded up."""
        self.crashes(crashed("main", 6, sent_twice=2), crashed("main", 4, sent_twice=3))
        self.assertEqual(self.found("process"), {("main",): (8, 8.0, 1000.0, None)})

    def test_actors(self) -> None:
        """Utility processes are one, and by their actors only where these are asked for."""
        self.crashes(
            crashed("utility", 3, actors="js-oracle"), crashed("utility", 2), crashed("gpu", 1)
        )
        self.assertEqual([*self.found("process")], [("utility",), ("gpu",)])
        self.assertEqual(
            [*self.found("actors", "process")],
            [("js-oracle", "utility"), (None, "utility"), (None, "gpu")],
        )

    def test_class_and_startup(self) -> None:
        """Classes and crashes at startup divide crashes and not hours."""
        self.crashes(
            crashed("main", 3, crash_class="out of memory", is_startup=True), crashed("gpu", 4)
        )
        self.assertEqual(
            self.found("class", "startup"),
            {
                ("none", "false"): (4, 4.0, 1000.0, None),
                ("out of memory", "true"): (3, 3.0, 1000.0, None),
            },
        )

    def test_in_the_order_asked_for(self) -> None:
        """Values stand in the order of the names, whichever of them divide crashes alone."""
        self.crashes(crashed("gpu", 2))
        self.assertEqual([*self.found("process", "channel")], [("gpu", "nightly")])
        self.assertEqual([*self.found("channel", "process")], [("nightly", "gpu")])

    def test_folded_alike(self) -> None:
        """Channels, versions of systems and rare countries are folded in hours as in crashes."""
        countries = [f"{first}{second}" for first in "ABC" for second in "ABCDEFG"]
        rows = [
            Row(
                {"channel": "my-own", "os_version": "6.8.1", "country": country},
                {"usage_seconds": HOURS * (number + 1)},
            )
            for number, country in enumerate(countries)
        ]
        folded = {"channel": "other", "os_version": "6.8"}
        self.crashes(
            crashed("gpu", 21, country="CG", **folded),
            crashed("gpu", 6, country="other", **folded),
            rows=tuple(rows),
        )
        found = self.found("channel", "os_version", "country", "process")
        # The last of 21 countries has the most hours; the first one has the fewest.
        self.assertEqual(found["other", "6.8", "CG", "gpu"], (21, 1.0, 21_000.0, None))
        self.assertEqual(found["other", "6.8", "other", "gpu"], (6, 6.0, 1000.0, None))
        self.assertNotIn("AA", {group[2] for group in found})

    def test_release(self) -> None:
        """By version a build stands by its name, in hours and in crashes."""
        build = {"channel": "beta", "build_id": "20160310000000", "build_version": "46.0"}
        named = {"channel": "beta", "build_id": build["build_id"]}
        self.fill(
            DAY,
            Row(build, {"usage_seconds": HOURS, "other_process_crash_pings": 2}),
            tables={
                BY_PROCESS: [crashed("gpu", 2, **build)],
                LABELS: [{**named, "learned_label": "46.0b3", "learned_pings": 1}],
            },
        )
        self.assertEqual(
            self.found("version", "process"), {("46.0b3", "gpu"): (2, 2.0, 1000.0, None)}
        )

    def test_no_crash_pings(self) -> None:
        """An application without any crash ping has no rate, one beside it has its own."""
        other = Row({"application": "Thunderbird"}, {"usage_seconds": HOURS})
        self.crashes(crashed("gpu", 2), rows=(other,))
        self.assertEqual(
            self.found("application", "process"),
            {
                ("Firefox", "gpu"): (2, 2.0, 1000.0, None),
                ("Thunderbird", None): (None, None, 1000.0, "no crash pings"),
            },
        )

    def test_dimension_that_crash_pings_lack(self) -> None:
        """By a dimension that no crash ping has, hours have no rate, and crashes no hours."""
        row = Row({"channel": "nightly", "country": "DE"}, {"usage_seconds": HOURS})
        self.crashes(crashed("gpu", 2), rows=(row,), usage_seconds=0)
        self.assertEqual(
            self.found("country", "process"),
            {
                ("DE", None): (None, None, 1000.0, "no crash pings"),
                (None, "gpu"): (2, None, 0.0, "no usage hours"),
            },
        )

    def test_few_hours(self) -> None:
        """With fewer hours than are wanted there is no rate, and the crashes are told."""
        self.crashes(crashed("gpu", 2))
        self.assertEqual(
            self.found("process", min_usage_hours=1000.1),
            {("gpu",): (2, None, 1000.0, "few usage hours")},
        )

    def test_sources(self) -> None:
        """The histogram is asked for by itself, and is never added to crash pings."""
        self.crashes(crashed("gpu", 2), histogram("gpu", 5))
        self.assertEqual(self.found("process"), {("gpu",): (2, 2.0, 1000.0, None)})
        self.assertEqual(
            self.found("process", source=HISTOGRAM), {("gpu",): (5, 5.0, 1000.0, None)}
        )
        for name in ("class", "startup", "actors"):
            with self.assertRaisesRegex(UsageError, f"^the histogram does not say '{name}'"):
                self.found("process", name, source=HISTOGRAM)

    def test_no_histogram(self) -> None:
        """Where the histogram tells nothing of an application, no crashes are not 0."""
        self.crashes(crashed("gpu", 2))
        self.assertEqual(
            self.found("process", source=HISTOGRAM),
            {(None,): (None, None, 1000.0, "no crashes in the histogram")},
        )

    def test_active_hours(self) -> None:
        """By active hours they divide; what tells none is left out where a group has others."""
        rows = (
            Row({"application": "Fenix", "channel": "nightly"}, {"usage_seconds": HOURS}),
            Row({"application": "Fenix", "channel": "beta"}, {"usage_seconds": HOURS}),
        )
        stats = {"usage_seconds": HOURS, "active_seconds": HOURS // 4}
        crashes = [crashed("gpu", 2), crashed("gpu", 9, application="Fenix")]
        counted = {"other_process_crash_pings": 11, **stats}
        ticks = [
            CarriedLine("Firefox", "main", "active ticks", 5),
            CarriedLine("Fenix", "baseline", "active ticks", 0),
        ]
        self.fill(
            DAY,
            Row({"channel": "nightly"}, counted),
            *rows,
            tables={BY_PROCESS: crashes},
            carried=ticks,
        )
        self.assertEqual(
            self.found("channel", "process", hours=ACTIVE_HOURS),
            {
                ("nightly", "gpu"): (2, 8.0, 250.0, None),
                ("beta", None): (None, None, None, "no active ticks"),
            },
        )

    def test_active_hours_that_were_not_counted(self) -> None:
        """A day that did not count active hours makes those of its groups unknown."""
        self.crashes(crashed("gpu", 2))
        self.connection.execute("UPDATE crash_aggregates SET active_seconds = NULL")
        note = "active hours not counted: fill the days again"
        self.assertEqual(
            self.found("process", hours=ACTIVE_HOURS), {("gpu",): (2, None, None, note)}
        )

    def test_names(self) -> None:
        """What cannot stand beside a process is refused with what can."""
        self.crashes()
        for name in ("experiment", "e10s_enabled"):
            with self.assertRaisesRegex(
                DimensionsError,
                f"^there are no rates by '{name}' and 'process' together: choose from application, "
                "channel, build_version, build_id, version, os_name, os_version, architecture, "
                "country, submission_date, activity_date, process, actors, class, startup$",
            ):
                self.found(name, "process")
        with self.assertRaisesRegex(DimensionsError, "^no stored day has a dimension 'x'"):
            self.found("x", "process")

    def test_answer(self) -> None:
        """Programs get a row for each group, with the source and the hours by their name."""
        rate = CrashRate(2, 2.0, 0.1, 7.0, 3.0, 0.1)
        one = ProcessRate(("gpu",), 5, 1000.0, 100.0, rate)
        answer = process_answer(["process"], [one], PING, ACTIVE_HOURS)
        self.assertEqual(
            [*answer.records()],
            [
                {
                    "process": "gpu",
                    "source": "crash ping",
                    "ping_count": 5,
                    "active_hours": 1000.0,
                    "min_active_hours": 100.0,
                    "crashes": 2,
                    "per_1000_hours": 2.0,
                    "lower": 0.1,
                    "upper": 7.0,
                    "burst_factor": 3.0,
                    "log_sd": 0.1,
                    "note": None,
                }
            ],
        )


if __name__ == "__main__":
    unittest.main()
