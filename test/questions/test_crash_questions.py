"""The questions of what crashed and for whom: processes, people, experiments, releases."""

from __future__ import annotations

import math
import unittest
from datetime import date
from typing import Any

from crash_rate_aggregates.ledger import CarriedLine
from crash_rate_aggregates.rows import BY_EXPERIMENT, BY_PROCESS, CLIENTS, LABELS
from test.database.sample_days import Row
from test.questions.stored_days import HOURS, QuestionsTestCase
from test.questions.test_process_rates import crashed, histogram
from test.questions.test_user_days import clients, wilson

DAY = date(2016, 3, 14)
NIGHTLY = {"channel": "nightly"}


def carried(**pings: int) -> list[CarriedLine]:
    """Say how many pings of Firefox of each doc type there were, with client id and ticks."""
    return [
        CarriedLine("Firefox", doc_type, field, number)
        for doc_type, number in pings.items()
        for field in (None, "client id", "active ticks")
    ]


class ProcessQuestionsTest(QuestionsTestCase):
    def test_by_process_and_class(self) -> None:
        """Crash pings of the channel by process or class, without kills and without copies."""
        rows = [
            crashed("main", 9, sent_twice=4),
            crashed("gpu", 3, crash_class="out of memory"),
            crashed("content", 5, crash_class="shutdown kill"),
            crashed("main", 2, channel="beta"),
            histogram("gpu", 50),
        ]
        stats = {"usage_seconds": HOURS, "other_process_crash_pings": 19}
        self.fill(DAY, Row(NIGHTLY, stats), tables={BY_PROCESS: rows})
        main, gpu = self.ask("crash_rates_by_process")
        self.assertEqual(
            (main["process"], main["crashes"], main["per_1000_hours"], main["usage_hours"]),
            ("main", 7, 7.0, 1000.0),
        )
        self.assertEqual((gpu["process"], gpu["crashes"], gpu["note"]), ("gpu", 3, None))
        limits = [gpu[name] for name in ("per_1000_hours", "lower_limit", "upper_limit")]
        self.assert_interval(limits, 3, 1000)
        none, memory = self.ask("crash_rates_by_class")
        self.assertEqual((none["crash_class"], none["crashes"]), ("none", 7))
        self.assertEqual((memory["crash_class"], memory["per_1000_hours"]), ("out of memory", 3.0))

    def test_no_crash_pings(self) -> None:
        """Without any crash ping of the application there is a row that says so, never a 0."""
        self.fill(DAY, Row(NIGHTLY, {"usage_seconds": HOURS}), tables={}, carried=carried(crash=0))
        for name in ("crash_rates_by_process", "crash_rates_by_class"):
            (row,) = self.ask(name)
            self.assertEqual(
                (row["crashes"], row["per_1000_hours"], row["note"]),
                (None, None, "no crash pings"),
            )


class PeopleQuestionsTest(QuestionsTestCase):
    def store_people(self, *rows: dict[str, Any], used: int = 1, crashed: int = 1) -> None:
        """Store two days of these clients, with ids in so many usage and crash pings."""
        for one in (DAY, date(2016, 3, 15)):
            self.fill(
                one,
                Row(NIGHTLY, {"usage_seconds": HOURS}, one),
                tables={CLIENTS: rows},
                carried=carried(main=used, crash=crashed),
            )

    def test_over_time(self) -> None:
        """Each day has its share without a crash, with the interval of its own clients."""
        self.store_people(clients(), clients(kind="main", crashed_clients=4, crashes=7))
        main, everything, *_ = self.ask("crash_free_user_days")
        self.assertEqual((main["kind"], everything["kind"]), ("main", "any"))
        self.assertEqual(
            (main["crashes"], main["crash_free"], main["note"]),
            (7, None, "fewer than 5 clients crashed"),
        )
        self.assertEqual(everything["submission_date"], DAY)
        self.assertAlmostEqual(everything["crash_free"], 0.99)
        self.assertAlmostEqual(everything["lower_limit"], wilson(100, 10_000)[0], 12)

    def test_few_machines(self) -> None:
        """Shares of crashes and of clients are of the sums over the days."""
        self.store_people(clients())
        (row,) = self.ask("few_machines")
        self.assertEqual((row["user_days"], row["crashes"], row["clients_1"]), (20_000, 800, 180))
        self.assertEqual((row["share_of_crashes"], row["share_of_clients"]), (0.73, 0.01))
        self.assertEqual(row["per_1000_user_days"], 40.0)
        self.assertAlmostEqual(row["per_1000_without_top"], 1000 * 108 / 9_999)

    def test_no_client_ids(self) -> None:
        """Where no usage ping or no crash ping has a client id, nothing is said of people."""
        for ids in ({"used": 0}, {"crashed": 0}):
            self.store_people(clients(), **ids)
            for name, told in (
                ("crash_free_user_days", "active_clients"),
                ("few_machines", "user_days"),
            ):
                row = self.ask(name)[0]
                self.assertEqual(
                    (row[told], row["crashes"], row["note"]), (None, None, "no client ids")
                )


class ExperimentsTest(QuestionsTestCase):
    def store_branches(self, **crashes: int) -> None:
        """Store branches of an experiment, each of 1,000 hours, with so many main crashes."""
        rows = [
            {
                "experiment": "cache",
                "branch": branch,
                "channel": "nightly",
                "active_clients": 500,
                "usage_seconds": HOURS,
                "main_crashes": number,
            }
            for branch, number in crashes.items()
        ]
        self.fill(DAY, tables={BY_EXPERIMENT: rows}, carried=carried(crash=1))

    def test_ratio(self) -> None:
        """A branch has the ratio of its rate to the control's, with the interval of log rates."""
        self.store_branches(a=40, control=20)
        control, branch = self.ask("experiments")
        self.assertEqual((control["branch"], control["note"]), ("control", "the control"))
        self.assertEqual((control["ratio"], control["per_1000_hours"]), (None, 20.0))
        self.assertEqual((branch["control_branch"], branch["ratio"]), ("control", 2.0))
        # No clients tell how crashes vary: three times as much as chance alone.
        spread = math.exp(1.959963984540054 * math.sqrt(3 * (1 / 40 + 1 / 20)))
        self.assertAlmostEqual(branch["ratio_lower_limit"], 2 / spread, 12)
        self.assertAlmostEqual(branch["ratio_upper_limit"], 2 * spread, 12)
        self.assertIsNone(branch["note"])

    def test_no_branch_called_control(self) -> None:
        """Without a branch of that name, the first one is the control, and the answer says so."""
        self.store_branches(b=10, a=20)
        first, second = self.ask("experiments")
        self.assertEqual((first["branch"], second["control_branch"]), ("a", "a"))
        self.assertEqual(second["ratio"], 0.5)

    def test_no_crashes(self) -> None:
        """Where one of the two has no crash there is no ratio, and the note says so."""
        self.store_branches(control=20, b=0)
        _, branch = self.ask("experiments")
        self.assertEqual((branch["ratio"], branch["note"]), (None, "no crashes to compare"))
        self.assertEqual(branch["per_1000_hours"], 0.0)


class ReleasesTest(QuestionsTestCase):
    def test_releases(self) -> None:
        """A release has the day of its first use, and as day 0 that with 1% of the hours."""
        old = {**NIGHTLY, "build_id": "20160301000000", "build_version": "47.0"}
        new = {**NIGHTLY, "build_id": "20160312000000", "build_version": "48.0"}
        for number, share in ((14, 1), (15, 50), (16, 900)):
            one = date(2016, 3, number)
            self.fill(
                one,
                Row(old, {"usage_seconds": 3600 * 1000}, one),
                Row(new, {"usage_seconds": 3600 * share}, one),
                tables={
                    LABELS: [
                        {
                            **NIGHTLY,
                            "build_id": new["build_id"],
                            "learned_label": "48.0a1 2016-03-12",
                            "learned_pings": 3,
                        }
                    ]
                },
            )
        newest = {row["label"]: row for row in self.ask("releases")}["48.0a1 2016-03-12"]
        self.assertEqual(
            (newest["first_day"], newest["day_0"], newest["first_day_10_percent"]),
            (date(2016, 3, 14), date(2016, 3, 15), date(2016, 3, 16)),
        )
        self.assertEqual((newest["first_day_50_percent"], newest["source"]), (None, "pings"))
        # Each day counted its people before it knew the name.
        again = self.ask("labels_to_fill_again")
        self.assertEqual([row["submission_date"].day for row in again], [14, 15, 16])
        self.assertEqual((again[0]["counted_as"], again[0]["label"]), (None, "48.0a1 2016-03-12"))


class ActiveHoursTest(QuestionsTestCase):
    def store_active(self, ticks: int) -> None:
        """Store a day of 1,000 hours, of which 250 are active, with two main crashes."""
        stats = {"usage_seconds": HOURS, "active_seconds": HOURS // 4, "main_crashes": 2}
        self.fill(DAY, Row(NIGHTLY, stats, DAY), tables={}, carried=carried(main=ticks, crash=2))

    def test_over_time(self) -> None:
        """Each day has both hours, their share, and main crashes per 1,000 active hours."""
        self.store_active(5)
        (row,) = self.ask("active_hours_over_time")
        self.assertEqual((row["usage_hours"], row["active_hours"]), (1000.0, 250.0))
        self.assertEqual((row["active_share"], row["main_per_1000_active_hours"]), (0.25, 8.0))
        limits = [row[f"main_{name}"] for name in ("per_1000_active_hours", "lower", "upper")]
        self.assert_interval(limits, 2, 250)
        self.assertIsNone(row["note"])

    def test_not_known(self) -> None:
        """Without ticks in any ping, or in days that did not count them, there are no hours."""
        self.store_active(0)
        (row,) = self.ask("active_hours_over_time")
        self.assertEqual((row["active_hours"], row["note"]), (None, "no active ticks"))
        self.store_active(5)
        self.connection.execute("UPDATE crash_aggregates_by_channel SET active_seconds = NULL")
        (row,) = self.ask("active_hours_over_time")
        note = "active hours not counted: fill the days again"
        self.assertEqual(
            (row["active_hours"], row["main_per_1000_active_hours"], row["note"]),
            (None, None, note),
        )


if __name__ == "__main__":
    unittest.main()
