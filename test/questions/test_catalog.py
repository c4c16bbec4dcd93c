from __future__ import annotations

import re
import unittest
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crash_rate_aggregates.database.partitions import ensure_partition
from crash_rate_aggregates.database.replace_day import replace_day
from crash_rate_aggregates.errors import DateRangeError, QuestionNotFoundError, UsageError
from crash_rate_aggregates.outcomes import LedgerLine
from crash_rate_aggregates.questions.asking import (
    APPLICATIONS,
    CHANNELS,
    ask_question,
    found,
    usual_values,
)
from crash_rate_aggregates.questions.catalog import PARAMETERS, questions
from test.database.days import DatabaseTestCase, Row, day

HOURS = 3_600_000
"""Usage seconds of 1,000 hours."""
KEYS = {
    "adjustments": ("submission_date", "adjustment"),
    "applications": ("value",),
    "channels": ("value",),
    "completeness": ("activity_date", "channel"),
    "crash_rates_by_build": ("build_id",),
    "crash_rates_by_country": ("country", "architecture", "kind"),
    "crash_rates_by_system": ("os_name", "os_version", "kind"),
    "crash_rates_by_version": ("build_version", "build_age"),
    "crash_rates_over_time": ("activity_date", "channel"),
    "ledger_by_reason": ("submission_date", "reason"),
    "pings_a_day": ("submission_date",),
    "restatements": ("run_id", "channel"),
}
"""What tells the rows of an answer apart; the others have one row."""
ONE_ROW = ("alert_missing_day", "alert_rate_jump", "freshness")


class CatalogTest(unittest.TestCase):
    def test_every_question(self):
        """Each question has a title, a description in sentences and known parameters."""
        for name, question in questions().items():
            with self.subTest(question=name):
                self.assertEqual(question.name, name)
                self.assertRegex(question.title, r"^[A-Z][^.]+$")
                self.assertRegex(question.description, r"^[A-Z].*\.$")
                self.assertLessEqual(
                    set(re.findall(r"%\(([^)]*)\)", question.query)), set(PARAMETERS)
                )
                self.assertTrue(question.query.startswith(("SELECT", "WITH")))

    def test_percent_signs(self):
        """A query has no percent sign but those of parameters: any program can bind them."""
        for name, question in questions().items():
            self.assertNotIn("%", re.sub(r"%\([a-z_]+\)s", "", question.query), name)

    def test_alerts(self):
        """Questions of alerts take no parameter, so that they fire."""
        for name in ONE_ROW:
            self.assertEqual(questions()[name].parameters, (), name)
        self.assertEqual(sorted([*KEYS, *ONE_ROW]), sorted(questions()))


class AskingTest(unittest.TestCase):
    def test_names(self):
        """A question is found by its name, also with dashes; else those there are are told."""
        self.assertEqual(found("pings-a-day").name, "pings_a_day")
        with self.assertRaisesRegex(QuestionNotFoundError, "^there is no question 'x': choose"):
            found("x")

    def test_usual_values(self):
        """Without values it is about Firefox on all channels in the 28 days up to yesterday."""
        today = date(2016, 3, 29)
        usual = usual_values(
            found("freshness"),
            first_date=None,
            last_date=None,
            application=None,
            channels=(),
            today=today,
        )
        self.assertEqual(
            list(usual.values()),
            [date(2016, 3, 1), date(2016, 3, 28), "Firefox", list(CHANNELS), "release"],
        )
        self.assertEqual(sorted(usual), sorted(PARAMETERS))
        given = usual_values(
            found("completeness"),
            first_date=today,
            last_date=today,
            application="Fennec",
            channels=("beta", "x"),
            today=today,
        )
        self.assertEqual(list(given.values()), [today, today, "Fennec", ["beta", "x"], "beta"])

    def test_refused_values(self):
        """A range that ends before it begins is refused, and two channels where one is asked."""
        today = date(2016, 3, 29)
        usual: Any = {"first_date": None, "last_date": None, "application": None, "today": today}
        with self.assertRaisesRegex(UsageError, "is about one channel, not 2: ask it for each"):
            usual_values(found("crash_rates_by_build"), **usual, channels=("beta", "esr"))
        with self.assertRaisesRegex(DateRangeError, "ends on 2016-03-28 before it begins on"):
            usual_values(found("pings_a_day"), **{**usual, "first_date": today}, channels=())


class QuestionsTestCase(DatabaseTestCase):
    def store(self, submission_date, *rows, **kwargs):
        """Store a day of Firefox, where a row names no other application."""
        named = [
            replace(row, dimensions={"application": "Firefox"} | row.dimensions) for row in rows
        ]
        ensure_partition(self.connection, submission_date)
        return replace_day(self.connection, day(*named, submission_date=submission_date, **kwargs))

    def ask(self, name, **values):
        """Return the answer as mappings."""
        given = {
            "first_date": date(2016, 1, 1),
            "last_date": date(2016, 12, 31),
            "application": "Firefox",
            "channels": ["nightly", "beta"],
            "channel": "nightly",
            **values,
        }
        answer = ask_question(self.connection, questions()[name], given)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


class EveryQuestionTest(QuestionsTestCase):
    def test_channels(self):
        """The channels that are asked for unless others are named are those that exist."""
        self.assertEqual(
            {
                one
                for (one,) in self.rows(
                    "SELECT crash_channel(c) FROM unnest(%s::text[]) c", [*CHANNELS]
                )
            },
            set(CHANNELS),
        )

    def test_applications(self):
        """The applications that are asked for are those that exist, unknown for none."""
        self.assertEqual(
            self.rows(
                "SELECT crash_application(a) FROM unnest(%s::text[]) a", [*APPLICATIONS, "x", None]
            ),
            [(one,) for one in [*APPLICATIONS[:-1], "other", "other", "unknown"]],
        )

    def test_nothing_stored(self):
        """Every question can be asked before the first day: alerts have their row, others none."""
        for name in questions():
            with self.subTest(question=name):
                self.assertEqual(len(self.ask(name)), 1 if name in ONE_ROW else 0)

    def test_one_row_a_point(self):
        """Every answer has one row for each of its points: charts add up what comes twice."""
        rows = [
            Row(
                {
                    "channel": channel,
                    "build_version": version,
                    "build_id": build_id,
                    "os_name": "Linux",
                    "os_version": version,
                    "country": country,
                    "architecture": "x86",
                },
                {"usage_seconds": HOURS, "main_crashes": 3, "content_crashes": 2},
                date(2016, 3, 13),
            )
            for channel in ("nightly", "beta", "a", "b")
            for version in ("48.0", "49.0")
            for build_id in ("20160310000000", "20160311000000", "20100101000000")
            for country in ("DE", "FR")
        ]
        ledger = (
            *day(*rows).ledger,
            LedgerLine("main", "outcome", "duplicate", 3),
            LedgerLine("crash", "outcome", "duplicate", 4),
            LedgerLine("main", "adjustment", "usage_capped", 1),
        )
        for number in (14, 15, 15):
            self.store(date(2016, 3, number), *rows, ledger=ledger)
        for name, keys in KEYS.items():
            with self.subTest(question=name):
                points = [tuple(row[key] for key in keys) for row in self.ask(name)]
                self.assertGreater(len(points), 0)
                self.assertEqual(len(points), len(set(points)))


class RatesTest(QuestionsTestCase):
    def test_over_time(self):
        """Rates stand at the activity date with their hours, and are empty below 100 hours."""
        beta = {"channel": "beta"}
        stats = {"usage_seconds": HOURS // 2, "main_crashes": 5, "content_crashes": 4}
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
        for name in questions():
            if "application" not in questions()[name].parameters or name == "completeness":
                continue
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
        stats = {"usage_seconds": HOURS, "main_crashes": 7, "content_crashes": 3}
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


class TrustTest(QuestionsTestCase):
    today = datetime.now(UTC).date()

    def test_completeness(self):
        """What had come in of complete days so far says how complete an incomplete one is."""
        beta = {"channel": "beta"}
        first = date(2016, 3, 1)
        for late in range(9):
            share = {"usage_seconds": 6 * HOURS if late == 0 else HOURS // 2 if late < 5 else 0}
            today = first + timedelta(days=late)
            self.store(
                today,
                Row(beta, share, first),
                *([Row(beta, {"usage_seconds": HOURS}, today)] if late == 8 else []),
            )
        complete, incomplete = self.ask("completeness", channels=["beta"])
        self.assertEqual(complete["submission_dates_stored"], 8)
        self.assertAlmostEqual(complete["usage_share"], 1.0, 12)
        self.assertEqual(incomplete["activity_date"], date(2016, 3, 9))
        self.assertEqual(incomplete["submission_dates_stored"], 1)
        self.assertAlmostEqual(incomplete["usage_share"], 0.75, 12)
        self.assertIsNone(incomplete["main_crash_share"])

    def test_ledger(self):
        """Pings a day, reasons and adjustments are those of each day's last run."""
        rows = [Row({}, {"ping_count": 6, "main_crashes": 2})]
        ledger = (
            *day(*rows).ledger,
            LedgerLine("main", "outcome", "duplicate", 1),
            LedgerLine("crash", "outcome", "duplicate", 1),
            LedgerLine("main", "adjustment", "usage_capped", 5),
        )
        self.store(date(2016, 3, 14), Row({}, {"ping_count": 1}))
        self.store(date(2016, 3, 14), *rows, ledger=ledger)
        (pings,) = self.ask("pings_a_day")
        self.assertEqual(list(pings.values())[1:], [10, 6, 2, 2, 1])
        (reason,) = self.ask("ledger_by_reason")
        self.assertEqual(list(reason.values())[1:], ["duplicate", 2, 0.2])
        (adjustment,) = self.ask("adjustments")
        self.assertEqual(list(adjustment.values())[1:], ["usage_capped", 5, 0.5])

    def test_missing_days(self):
        """A day that is due and not there is missing, until it is there."""
        due = (datetime.now(UTC) - timedelta(hours=36)).date()
        self.assertEqual(self.ask("alert_missing_day")[0]["days_missing"], 14)
        (nothing,) = self.ask("freshness")
        self.assertEqual((nothing["days_behind"], nothing["days_missing"]), (None, 28))
        for earlier in (4, 3, 1, 0):
            self.store(due - timedelta(days=earlier), Row({}, {}))
        (missing,) = self.ask("alert_missing_day")
        self.assertEqual(list(missing.values()), [1, due - timedelta(2), due - timedelta(2)])
        (fresh,) = self.ask("freshness")
        self.assertEqual((fresh["days_behind"], fresh["days_missing"]), (0, 1))
        self.store(due - timedelta(days=2), Row({}, {}))
        self.assertEqual(self.ask("alert_missing_day")[0]["days_missing"], 0)

    def test_first_crashes(self):
        """Crashes on a channel that had none for weeks are far above its past."""
        for number in range(1, 28):
            one = date(2016, 3, number)
            crashes = 500 if number == 26 else 0
            self.store(
                one,
                Row({"channel": "beta"}, {"usage_seconds": HOURS, "main_crashes": crashes}, one),
            )
        (alert,) = self.ask("alert_rate_jump")
        self.assertEqual((alert["rates_far_above"], alert["activity_date"]), (2, date(2016, 3, 26)))
        self.assertIn("Firefox beta main: 500.00 instead of 0.00 per 1,000 hours", alert["which"])

    def test_days_to_sum_up(self):
        """While stored days are still to be summed up, freshness says so and no alert fires."""
        self.test_first_crashes()
        self.assertEqual(self.ask("freshness")[0]["days_to_sum_up"], 0)
        self.connection.execute("TRUNCATE crash_aggregates_run_totals")
        self.assertEqual(self.ask("freshness")[0]["days_to_sum_up"], 27)
        (alert,) = self.ask("alert_rate_jump")
        self.assertEqual((alert["rates_far_above"], alert["which"]), (0, "none"))

    def test_rate_jump(self):
        """A rate far above its past is told, a rate as ever is not, nor one of few hours."""
        last = date(2016, 3, 30)
        for number in range(30):
            one = date(2016, 3, 1) + timedelta(days=number)
            crashes = 100 + number % 5
            self.store(
                one,
                Row({"channel": "nightly"}, {"usage_seconds": HOURS, "main_crashes": crashes}, one),
                Row({"channel": "esr"}, {"usage_seconds": 3600, "main_crashes": number}, one),
            )
        (calm,) = self.ask("alert_rate_jump")
        self.assertEqual((calm["rates_far_above"], calm["which"]), (0, "none"))
        yesterday = last - timedelta(days=1)
        self.store(
            yesterday,
            Row({"channel": "nightly"}, {"usage_seconds": HOURS, "main_crashes": 200}, yesterday),
        )
        (alert,) = self.ask("alert_rate_jump")
        self.assertEqual((alert["rates_far_above"], alert["activity_date"]), (2, yesterday))
        self.assertIn(
            "Firefox nightly main: 200.00 instead of 101.89 per 1,000 hours", alert["which"]
        )
