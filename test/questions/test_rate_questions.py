from __future__ import annotations

from datetime import date
from typing import Any

from crash_rate_aggregates.questions.rates import crash_rates
from test.database.sample_days import Row
from test.questions.stored_days import HOURS, RATE_QUESTIONS, QuestionsTestCase


class RatesTest(QuestionsTestCase):
    def test_over_time(self):
        """Rates stand at the activity date with their hours, and are empty below 100 hours."""
        beta = {"channel": "beta"}
        stats = {
            "usage_seconds": HOURS // 2,
            "main_crashes": 5,
            "content_crashes": 4,
            "content_crashes_not_at_shutdown": 2,
        }
        self.store(date(2016, 3, 14), Row(beta, stats), Row({"channel": "x"}, stats))
        self.store(
            date(2016, 3, 15),
            Row(beta, {**stats, "content_shutdown_crashes": 4}),
            Row(beta, {"usage_seconds": 359_999, "main_crashes": 5}, date(2016, 3, 15)),
        )
        first, second = self.ask("crash_rates_over_time", channels=["beta"])
        self.assertEqual(first["activity_date"], date(2016, 3, 13))
        self.assertEqual(
            (first["usage_hours"], first["main_rate"], first["content_rate"], first["m_c_s_rate"]),
            (1000.0, 10.0, 8.0, 14.0),
        )
        self.assertAlmostEqual(first["main_lower"], 4.795, 3)
        self.assertAlmostEqual(first["main_upper"], 18.390, 3)
        self.assertEqual(second["activity_date"], date(2016, 3, 15))
        self.assertEqual((second["main_rate"], second["main_lower"]), (None, None))
        self.assertEqual(second["min_usage_hours"], 100)
        (other,) = self.ask("crash_rates_over_time", channels=["other"])
        self.assertEqual(other["usage_hours"], 500.0)

    def test_one_application(self):
        """No rate of an application has hours or crashes of another one in it."""
        dimensions = {"channel": "nightly", "build_version": "48.0", "build_id": "20160312000000"}
        late = {"usage_seconds": HOURS, "main_crashes": 9}
        for number in (14, 15):
            self.store(
                date(2016, 3, number),
                Row(dimensions, {"usage_seconds": HOURS, "main_crashes": 5}),
                Row({"application": "Fennec", **dimensions}, late),
            )
        for name in RATE_QUESTIONS:
            for application, rate in (("Firefox", 5.0), ("Fennec", 9.0), ("other", None)):
                with self.subTest(question=name, application=application):
                    rates = {
                        row["main_rate"] if "main_rate" in row else row["per_1000_hours"]
                        for row in self.ask(name, application=application)
                        if row.get("kind", "main") == "main"
                    }
                    self.assertEqual(rates, set() if rate is None else {rate})
        self.assertEqual([row["value"] for row in self.ask("applications")], ["Fennec", "Firefox"])

    def test_dispersion_of_days(self):
        """From the seventh day on an interval tells how much days vary; before, it is exact."""
        for number in range(1, 9):
            stats = {"usage_seconds": HOURS, "main_crashes": 10 if number % 2 else 90}
            self.store(
                date(2016, 3, number), Row({"channel": "beta"}, stats, date(2016, 3, number))
            )
        days = self.ask("crash_rates_over_time", channels=["beta"])
        self.assertAlmostEqual(days[0]["main_upper"], 18.390, 3)
        self.assertAlmostEqual(days[5]["main_lower"], 72.368, 2)
        crashes, expected = [10, 90] * 4, 50
        dispersion = sum((x - expected) ** 2 / expected for x in crashes) / 7
        ((wanted,),) = self.rows("SELECT crash_count_upper_limit(90, %s)", dispersion)
        self.assertAlmostEqual(days[7]["main_upper"], wanted, 6)
        self.assertGreater(days[7]["main_upper"], 150)

    def store_days_without_hours(self):
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
        crashes = [105, 5, 105, 5, 105, 300, 5, 105, 5, 105]
        for number in range(1, 11):
            one = date(2016, 3, number)
            hours = 0 if number == 6 else HOURS
            stats = {"usage_seconds": hours, "main_crashes": crashes[number - 1]}
            self.store(one, Row(dimensions, stats, one))

    def test_crashes_without_hours(self):
        """Crashes of a day without hours count, but say nothing of how much days vary."""
        self.store_days_without_hours()
        (by_channel,) = crash_rates(self.connection)
        rate = by_channel.kinds["main"]
        found: dict[str, tuple[Any, ...]] = {}
        found["rates"] = (rate.crashes, rate.dispersion, rate.lower, rate.upper)
        for name in ("crash_rates_by_system", "crash_rates_by_country"):
            main, content, both = self.ask(name)
            self.assertEqual((main["kind"], content["dispersion"]), ("main", None))
            self.assertEqual(both["dispersion"], main["dispersion"])
            found[name] = tuple(
                main[key] for key in ("crashes", "dispersion", "lower_limit", "upper_limit")
            )
        for name, (crashes, dispersion, lower, upper) in found.items():
            with self.subTest(question=name):
                self.assertEqual(crashes, 845)
                self.assertAlmostEqual(dispersion, 45.9, 1)
                self.assertAlmostEqual(lower, 56.0, 1)
                self.assertAlmostEqual(upper, 147.6, 1)
        (build,) = self.ask("crash_rates_by_build")
        self.assertAlmostEqual(build["main_lower"], 56.0, 1)
        self.assertAlmostEqual(build["main_upper"], 147.6, 1)

    def test_recent_days_without_hours(self):
        """Over time and by age too, the day without hours is none of those that vary."""
        self.store_days_without_hours()
        found = self.rows(
            "SELECT dispersion FROM crash_rates_by_day WHERE kind = 'main' ORDER BY activity_date"
        )
        # The seventh day is the sixth with hours.
        self.assertEqual([dispersion for (dispersion,) in found[:7]], [None] * 7)
        crashes = [105, 5] * 4 + [105]
        expected = sum(crashes) / 9
        pearson = sum((x - expected) ** 2 / expected for x in crashes) / 8
        self.assertAlmostEqual(found[9][0], pearson, 9)
        ((upper,),) = self.rows("SELECT crash_count_upper_limit(105, %s)", pearson)
        for name in ("crash_rates_over_time", "crash_rates_by_version"):
            self.assertAlmostEqual(self.ask(name)[-1]["main_upper"], upper, 9)

    def test_days_without_hours(self):
        """Days without usage hours do not count among the seven that tell the dispersion."""
        for number in range(1, 9):
            hours = HOURS if number % 2 else 0
            stats = {"usage_seconds": hours, "main_crashes": 10 * number}
            self.store(
                date(2016, 3, number), Row({"channel": "beta"}, stats, date(2016, 3, number))
            )
        self.assertEqual(
            self.rows("SELECT DISTINCT dispersion FROM crash_rates_by_day WHERE kind = 'main'"),
            [(None,)],
        )

    def test_by_version(self):
        """Builds of a version stand together by their age on the activity date, if it is recent."""
        for number, build_id in ((14, "20160312000000"), (15, "20160313000000")):
            self.store(
                date(2016, 3, number),
                *(
                    Row(
                        {"channel": "nightly", "build_version": "48.0a1", "build_id": build},
                        {"usage_seconds": HOURS, "main_crashes": 7},
                        date(2016, 3, number - 1),
                    )
                    for build in (build_id, "20140101000000", "no build id")
                ),
            )
        (row,) = self.ask("crash_rates_by_version")
        self.assertEqual(
            (row["build_version"], row["build_age"], row["usage_hours"], row["main_rate"]),
            ("48.0a1", 1, 2000.0, 7.0),
        )

    def test_by_build(self):
        """Builds are chosen by their own date, and each has the pings of all its days."""
        for number in (14, 15):
            self.store(
                date(2016, 3, number),
                *(
                    Row(
                        {"channel": "nightly", "build_id": build_id},
                        {"usage_seconds": HOURS, "main_crashes": 7},
                    )
                    for build_id in ("20160301000000", "20160302000000")
                ),
            )
        (row,) = self.ask("crash_rates_by_build", first_date=date(2016, 3, 2))
        self.assertEqual(
            (row["build_id"], row["build_date"], row["usage_hours"], row["main_rate"]),
            ("20160302000000", date(2016, 3, 2), 2000.0, 7.0),
        )

    def test_by_system_and_country(self):
        """The kinds of crashes are rows, of one channel and of submission dates."""
        dimensions = {
            "channel": "nightly",
            "os_name": "Linux",
            "os_version": "4.4.1",
            "country": "DE",
            "architecture": "x86",
        }
        stats = {
            "usage_seconds": HOURS,
            "main_crashes": 7,
            "content_crashes": 3,
            "content_crashes_not_at_shutdown": 3,
        }
        self.store(date(2016, 3, 14), Row(dimensions, stats), Row({"channel": "beta"}, stats))
        self.store(date(2016, 3, 15), Row(dimensions, stats))
        for name, group in (
            ("crash_rates_by_system", ("Linux", "4.4")),
            ("crash_rates_by_country", ("DE", "x86")),
        ):
            answer = self.ask(name, last_date=date(2016, 3, 14))
            self.assertEqual(
                [tuple(row.values())[:6] for row in answer],
                [
                    (*group, "main", 7, 1000.0, 100.0),
                    (*group, "content", 3, 1000.0, 100.0),
                    (*group, "main_and_content_minus_shutdown", 10, 1000.0, 100.0),
                ],
            )
            self.assertEqual([row["per_1000_hours"] for row in answer], [7.0, 3.0, 10.0])
