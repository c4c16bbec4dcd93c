"""Intervals of rates: what a channel's variation makes of them, whichever question asks."""

from __future__ import annotations

import unittest
from datetime import date, timedelta
from math import exp, hypot, sqrt

from crash_rate_aggregates.questions.rates import crash_rates
from crash_rate_aggregates.rows import BY_EXPERIMENT
from crash_rate_aggregates.verdicts.day_variation import day_variation
from test.database.sample_days import Row
from test.questions.stored_days import HOURS, IN_COLUMNS, QuestionsTestCase, interval

LIMITS = ("per_1000_hours", "lower_limit", "upper_limit")
DAYS_WITHOUT_HOURS = (105, 5, 105, 5, 105, 300, 5, 105, 5, 105)
"""Crashes of ten days of 1,000 hours, the sixth without any."""
DESERVED = (24.845, 354.75)
"""Their limits where days differ by 1.5, the interval of their rate as wide as theirs at least."""
ASSUMED = (80.866, 108.697)
"""Where nobody knows how much they differ."""


class IntervalsTest(QuestionsTestCase):
    def store_days_without_hours(self) -> None:
        """Store nine days of 1,000 hours, 105 and 5 crashes in turn, and one of 0 with 300."""
        dimensions = {
            "channel": "nightly",
            "build_id": "20160301000000",
            "build_version": "48.0",
            "os_name": "Linux",
            "os_version": "4.4",
            "country": "DE",
            "architecture": "x86",
        }
        for number, crashes in enumerate(DAYS_WITHOUT_HOURS, 1):
            one = date(2016, 3, number)
            hours = 0 if number == 6 else HOURS
            stats = {"usage_seconds": hours, "main_crashes": crashes}
            self.store(one, Row(dimensions, stats, one))

    def intervals(self) -> dict[str, list[float | None]]:
        """Return rate and limits of main crashes over all days, by the question."""
        (by_channel,) = crash_rates(self.connection)
        rate = by_channel.kinds["main"]
        found = {"rates": [rate.per_1000_hours, rate.lower, rate.upper]}
        for name in ("crash_rates_by_system", "crash_rates_by_country"):
            main = next(row for row in self.ask(name) if row["kind"] == "main")
            found[name] = [main[column] for column in LIMITS]
        (build,) = self.ask("crash_rates_by_build")
        found["crash_rates_by_build"] = [build[f"main_{name}"] for name in IN_COLUMNS]
        return found

    def test_days_that_differ(self) -> None:
        """Days as different as these deserve an interval that is as wide, whichever question."""
        self.store_days_without_hours()
        self.vary(date(2016, 3, 10), {"kind": "main", "burst_factor": 2.0, "day_sd": 1.5})
        squares = sum(crashes**2 for crashes in DAYS_WITHOUT_HOURS)
        wanted = (845, 9000, 2.0, 1.5 * sqrt(squares) / 845)
        for name, found in self.intervals().items():
            with self.subTest(question=name):
                self.assert_interval(found, *wanted)
                _, lower, upper = found
                self.assertLess(lower or 0, 56.0)
                self.assertGreater(upper or 0, 147.6)
        _, lower, upper = interval(*wanted)
        self.assertEqual((round(lower, 3), round(upper, 3)), DESERVED)

    def test_as_they_are_measured(self) -> None:
        """What is measured of such days makes an interval that is as wide as they deserve."""
        self.store_days_without_hours()
        # Ten days tell nothing: as many such days as a channel's variation is measured from.
        hours = [0 if number == 6 else 1000 for number in range(1, 11)]
        weekdays = [number % 7 for number in range(60)]
        measured = day_variation(DAYS_WITHOUT_HOURS * 6, hours * 6, weekdays, 3.0)
        self.assertEqual(measured.days, 54)
        self.vary(date(2016, 3, 10), {"kind": "main", "day_sd": measured.tau})
        for name, (_, lower, upper) in self.intervals().items():
            with self.subTest(question=name):
                self.assertLess(lower or 0, 56.0)
                self.assertGreater(upper or 0, 147.6)

    def test_days_of_which_nothing_is_known(self) -> None:
        """Until a channel has told how much its days vary, the interval is what is assumed."""
        self.store_days_without_hours()
        squares = sum(crashes**2 for crashes in DAYS_WITHOUT_HOURS)
        wanted = (845, 9000, 3.0, 0.1 * sqrt(squares) / 845)
        for name, found in self.intervals().items():
            with self.subTest(question=name):
                self.assert_interval(found, *wanted)
        _, lower, upper = interval(*wanted)
        self.assertEqual((round(lower, 3), round(upper, 3)), ASSUMED)

    def test_from_the_first_day_on(self) -> None:
        """A version's first day has the variation of its channel, as any other day has."""
        self.store_days_without_hours()
        self.vary(date(2016, 3, 10), {"kind": "main", "burst_factor": 2.0, "day_sd": 0.4})
        for name in ("crash_rates_by_version", "crash_rates_over_time"):
            first, second, *_ = self.ask(name)
            for row, crashes in ((first, 105), (second, 5)):
                found = [row[f"main_{column}"] for column in IN_COLUMNS]
                self.assert_interval(found, crashes, 1000, 2.0, 0.4)
        days = self.rows(
            "SELECT burst_factor, log_sd FROM crash_rates_by_day "
            "WHERE kind = 'main' AND per_1000_hours IS NOT NULL"
        )
        self.assertEqual(len(days), 9)
        for burst_factor, log_sd in days:
            self.assertAlmostEqual(burst_factor, 2.0)
            self.assertAlmostEqual(log_sd, 0.4)
        by_date = crash_rates(self.connection, ["activity_date"])
        self.assertEqual(
            [round(one.kinds["main"].log_sd or 0, 9) for one in by_date if one.has_rates], [0.4] * 9
        )

    def test_split_of_days(self) -> None:
        """An activity date that came in on several days is one day for its interval."""
        active = date(2016, 3, 1)
        beta = {"channel": "beta"}
        for number in range(4):
            stats = {"usage_seconds": HOURS, "main_crashes": 10}
            self.store(active + timedelta(number), Row(beta, stats, active))
        (row,) = self.ask("crash_rates_over_time", channels=["beta"])
        self.assert_interval([row[f"main_{name}"] for name in IN_COLUMNS], 40, 4000)
        (asked,) = crash_rates(self.connection, ["activity_date"])
        rate = asked.kinds["main"]
        self.assert_interval([rate.per_1000_hours, rate.lower, rate.upper], 40, 4000)
        # By submission date they are four.
        (over,) = crash_rates(self.connection, ["channel"])
        self.assertAlmostEqual(over.kinds["main"].log_sd or 0, 0.05)

    def test_channels_together(self) -> None:
        """Of several channels each has its own variation, by its share of the crashes."""
        one = date(2016, 3, 1)
        self.store(
            one,
            Row({"channel": "nightly"}, {"usage_seconds": HOURS, "main_crashes": 30}, one),
            Row({"channel": "beta"}, {"usage_seconds": HOURS, "main_crashes": 10}, one),
        )
        self.vary(one, {"kind": "main", "burst_factor": 5.0, "day_sd": 0.2})
        (everything,) = crash_rates(self.connection, [])
        main = everything.kinds["main"]
        self.assertAlmostEqual(main.burst_factor or 0, (5 * 30 + 3 * 10) / 40)
        self.assertAlmostEqual(main.log_sd or 0, hypot(0.2 * 30, 0.1 * 10) / 40)

    def test_newest_variation(self) -> None:
        """What the newest assessed day said of a channel holds, in its newest assessment."""
        one = date(2016, 3, 20)
        self.store(
            one,
            Row({"channel": "nightly"}, {"usage_seconds": HOURS, "main_crashes": 30}, one),
            Row({"channel": "beta"}, {"usage_seconds": HOURS, "main_crashes": 30}, one),
        )
        self.vary(date(2016, 3, 19), {"kind": "main", "day_sd": 0.2})
        self.vary(date(2016, 3, 19), {"kind": "main", "day_sd": 0.3})
        self.vary(date(2016, 3, 18), {"kind": "main", "day_sd": 0.4})
        self.vary(date(2016, 3, 18), {"kind": "main", "channel": "beta", "day_sd": 0.5})
        # Repeated later, of an earlier day.
        self.vary(date(2016, 3, 17), {"kind": "main", "day_sd": 0.6})
        self.vary(date(2016, 2, 20), {"kind": "main", "channel": "esr", "day_sd": 0.7})
        self.assertEqual(
            self.rows(
                "SELECT channel, assessed_date, main_burst_factor, main_day_sd, content_day_sd "
                "FROM crash_current_variation ORDER BY channel"
            ),
            [
                ("beta", date(2016, 3, 18), None, 0.5, None),
                ("nightly", date(2016, 3, 19), None, 0.3, None),
            ],
        )

    def test_no_crashes(self) -> None:
        """Without a crash, days and channels weigh in by their hours."""
        for number in range(4):
            one = date(2016, 3, number + 1)
            self.store(one, Row({"channel": "nightly"}, {"usage_seconds": HOURS}, one))
        self.vary(date(2016, 3, 4), {"kind": "content", "burst_factor": 5.0, "day_sd": 0.4})
        (nightly,) = crash_rates(self.connection)
        rate = nightly.kinds["content"]
        self.assert_interval((rate.per_1000_hours, rate.lower, rate.upper), 0, 4000, 5.0, 0.2)

    def test_experiments(self) -> None:
        """The interval of a ratio has the burst factors of both branches and no days."""
        one = date(2016, 3, 1)
        branch = {"experiment": "cache", "channel": "nightly", "active_clients": 500}
        counted = {"usage_seconds": HOURS, "main_crashes": 60}
        self.fill(
            one,
            tables={
                BY_EXPERIMENT: [
                    {**branch, "branch": "control", **counted},
                    {**branch, "branch": "treatment", **counted, "main_crashes": 90},
                ]
            },
        )
        kind = "main_and_content_minus_shutdown"
        self.vary(one, {"kind": kind, "burst_factor": 2.0, "day_sd": 0.5})
        _, treatment = self.ask("experiments")
        error = sqrt(2 / 60 + 2 / 90)
        self.assertEqual(treatment["ratio"], 1.5)
        self.assertAlmostEqual(treatment["ratio_lower_limit"], 1.5 * exp(-1.959963985 * error), 6)
        self.assertAlmostEqual(treatment["ratio_upper_limit"], 1.5 * exp(1.959963985 * error), 6)


if __name__ == "__main__":
    unittest.main()
