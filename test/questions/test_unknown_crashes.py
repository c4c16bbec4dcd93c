"""Where crash pings are missing, or were counted by older rules: no rate, and the reason."""

from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import date
from typing import Any

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.ledger import CarriedLine
from crash_rate_aggregates.questions.rates import crash_rates
from test.database.sample_days import SUBMISSION_DATE, Row, day
from test.questions.stored_days import HOURS, RATE_QUESTIONS, QuestionsTestCase

DIMENSIONS = {
    "application": "Firefox",
    "channel": "nightly",
    "build_version": "152.0",
    "build_id": "20160313000000",
    "os_name": "Linux",
    "os_version": "6.8",
    "country": "DE",
    "architecture": "x86-64",
}
STATS = {"ping_count": 9, "usage_seconds": HOURS, "content_crashes": 5}
NO_CRASH_PINGS = "no crash pings"


def carried(**pings: int) -> tuple[CarriedLine, ...]:
    """Say how many crash pings of Firefox had each dimension; `any` stands for all of them."""
    return tuple(
        CarriedLine("Firefox", "crash", None if name == "any" else name, number)
        for name, number in pings.items()
    )


class DashboardsTest(QuestionsTestCase):
    def store_with(self, *lines: CarriedLine, **stats: int) -> None:
        """Store a day of which that was recorded."""
        stored = day(Row(DIMENSIONS, STATS | stats, SUBMISSION_DATE))
        ledger = replace(stored.ledger, carried=lines)
        replace_day(self.connection, replace(stored, ledger=ledger))

    def headlines(self, name: str) -> tuple[Any, Any, Any]:
        """Return the rates of M and C of a question, and its notes."""
        answer = self.ask(name, channels=["nightly"])
        if "kind" in answer[0]:
            rates = {row["kind"]: row["per_1000_hours"] for row in answer}
            notes = {row["note"] for row in answer} - {None}
            return rates["main"], rates["content"], next(iter(notes), None)
        (row,) = answer
        return row["main_rate"], row["content_rate"], row["note"]

    def test_no_crash_pings(self) -> None:
        """Without any crash ping of the application M is NULL and C is what histograms tell."""
        names = ("any", "os_name", "country", "build_version")
        self.store_with(*carried(**dict.fromkeys(names, 0)))
        for name in RATE_QUESTIONS:
            with self.subTest(name):
                self.assertEqual(self.headlines(name), (None, 5.0, NO_CRASH_PINGS))

    def test_crash_pings_without_a_crash_of_the_main_process(self) -> None:
        """Where crash pings were counted, no crash of the main process is a rate of 0."""
        names = ("any", "os_name", "country", "build_version")
        self.store_with(*carried(**dict.fromkeys(names, 4)), content_crash_pings=4)
        for name in RATE_QUESTIONS:
            with self.subTest(name):
                self.assertEqual(self.headlines(name), (0.0, 5.0, None))

    def test_dimension_that_crash_pings_lack(self) -> None:
        """Where none has a country, there is no rate by country, and others have theirs."""
        self.store_with(*carried(any=4, os_name=4, country=0, build_version=4))
        found = {name: self.headlines(name)[::2] for name in RATE_QUESTIONS}
        self.assertEqual(found.pop("crash_rates_by_country"), (None, NO_CRASH_PINGS))
        self.assertEqual(set(found.values()), {(0.0, None)})

    def test_another_application(self) -> None:
        """Crash pings of another application tell nothing of this one's."""
        others = (CarriedLine("Thunderbird", "crash", None, 7),)
        self.store_with(*carried(any=0), *others)
        self.assertEqual(self.headlines("crash_rates_over_time")[0], None)

    def test_nothing_recorded(self) -> None:
        """Days of older runs, which recorded none of this, are taken as they were."""
        self.store_with()
        for name in RATE_QUESTIONS:
            with self.subTest(name):
                self.assertEqual(self.headlines(name), (0.0, 5.0, None))

    def test_days_that_did_not_count_a_stat(self) -> None:
        """A sum over a day that did not count it is NULL, in table, summaries and questions."""
        self.store_with()
        tables = ("crash_aggregates", "crash_aggregates_by_channel", "crash_aggregates_by_build")
        for table in (*tables, "crash_aggregates_by_system", "crash_aggregates_by_country"):
            self.connection.execute(
                f"UPDATE {table} SET content_crashes_not_at_shutdown = NULL".encode()
            )
        later = date(2016, 3, 15)
        self.store(later, Row(DIMENSIONS, STATS | {"content_crash_pings": 1}, later))
        (answer,) = self.ask("crash_rates_by_build")
        self.assertEqual((answer["main_rate"], answer["m_c_s_rate"]), (0.0, None))
        self.assertEqual(answer["note"], "not counted: fill the days again")
        days = {
            rates.group: rates.kinds["content_minus_shutdown"].crashes
            for rates in crash_rates(self.connection, ["submission_date"])
        }
        self.assertEqual(days, {("2016-03-14",): None, ("2016-03-15",): 0})
        (both,) = crash_rates(self.connection, [])
        self.assertIsNone(both.kinds["content_minus_shutdown"].crashes)


class RatesTest(QuestionsTestCase):
    def rates(self, *by: str) -> dict[tuple[str | None, ...], tuple[Any, str | None]]:
        """Return by group the rate of M, and its note."""
        return {
            one.group: (one.kinds["main"].per_1000_hours, one.kinds["main"].note)
            for one in crash_rates(self.connection, by)
        }

    def test_no_crash_pings(self) -> None:
        """An application without any crash ping has no M, one beside it has its own."""
        self.store(
            date(2016, 3, 14),
            Row({"channel": "nightly"}, STATS),
            Row({"application": "Thunderbird"}, STATS | {"main_crashes": 3}),
        )
        self.assertEqual(
            self.rates("application"),
            {("Firefox",): (None, NO_CRASH_PINGS), ("Thunderbird",): (3.0, None)},
        )

    def test_dimension_that_crash_pings_lack(self) -> None:
        """By a dimension that no crash ping has, no group has an M, and crashes have no hours."""
        self.store(
            date(2016, 3, 14),
            Row({"channel": "nightly", "e10s_enabled": "true"}, STATS),
            Row({"channel": "nightly", "e10s_enabled": "false"}, STATS),
            Row({"channel": "nightly"}, {"main_crashes": 8}),
        )
        self.assertEqual(
            self.rates("e10s_enabled"),
            {
                ("true",): (None, NO_CRASH_PINGS),
                ("false",): (None, NO_CRASH_PINGS),
                (None,): (None, "no usage hours"),
            },
        )
        self.assertEqual(self.rates("channel"), {("nightly",): (4.0, None)})

    def test_one_crash_ping_with_it(self) -> None:
        """One crash ping with the dimension is enough: the others then had no crash."""
        self.store(
            date(2016, 3, 14),
            Row({"country": "DE"}, STATS | {"main_crashes": 1}),
            Row({"country": "FR"}, STATS),
        )
        self.assertEqual(self.rates("country"), {("DE",): (1.0, None), ("FR",): (0.0, None)})

    def test_over_all_days(self) -> None:
        """A day without a crash is one of 0 where the days beside it had crash pings."""
        self.store(date(2016, 3, 14), Row({}, STATS))
        self.store(date(2016, 3, 15), Row({}, STATS | {"main_crashes": 4}))
        self.assertEqual(
            self.rates("submission_date"),
            {("2016-03-14",): (0.0, None), ("2016-03-15",): (4.0, None)},
        )


if __name__ == "__main__":
    unittest.main()
