from __future__ import annotations

from datetime import date

from test.database.sample_days import Row
from test.questions.stored_days import HOURS, IN_COLUMNS, RATE_QUESTIONS, QuestionsTestCase


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
        active = date(2016, 3, 14)
        self.store(active, Row(beta, stats, active), Row({"channel": "x"}, stats, active))
        self.store(
            date(2016, 3, 15),
            Row(beta, {**stats, "content_shutdown_crashes": 4}, active),
            Row(beta, {"usage_seconds": 359_999, "main_crashes": 5}, date(2016, 3, 15)),
        )
        first, second = self.ask("crash_rates_over_time", channels=["beta"])
        self.assertEqual(first["activity_date"], active)
        self.assertEqual(
            (first["usage_hours"], first["main_rate"], first["content_rate"], first["m_c_s_rate"]),
            (1000.0, 10.0, 8.0, 14.0),
        )
        self.assert_interval([first[f"main_{name}"] for name in IN_COLUMNS], 10, 1000)
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
            one = date(2016, 3, number)
            self.store(
                one,
                Row(dimensions, {"usage_seconds": HOURS, "main_crashes": 5}, one),
                Row({"application": "Fennec", **dimensions}, late, one),
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

    def test_by_version(self):
        """Builds of a version stand together by their age on the activity date, if it is recent."""
        for number, build_id in ((14, "20160313000000"), (15, "20160314000000")):
            self.store(
                date(2016, 3, number),
                *(
                    Row(
                        {"channel": "nightly", "build_version": "48.0a1", "build_id": build},
                        {"usage_seconds": HOURS, "main_crashes": 7},
                        date(2016, 3, number),
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
            one = date(2016, 3, number)
            self.store(
                one,
                *(
                    Row(
                        {"channel": "nightly", "build_id": build_id},
                        {"usage_seconds": HOURS, "main_crashes": 7},
                        one,
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
