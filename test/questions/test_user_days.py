"""People: what is added up, what is told of few, and where nothing is known."""

from __future__ import annotations

import math
import unittest
from collections.abc import Mapping
from datetime import date
from typing import Any

from crash_rate_aggregates.errors import DimensionsError
from crash_rate_aggregates.ledger import CarriedLine
from crash_rate_aggregates.questions.user_days import People, people, people_answer
from crash_rate_aggregates.rows import CLIENTS
from test.database.sample_days import Row
from test.questions.stored_days import HOURS, QuestionsTestCase

DAYS = (date(2016, 3, 14), date(2016, 3, 15))
CRASHED = {
    "active_clients": 10_000,
    "crashed_clients": 100,
    "crashes": 400,
    "clients_1": 90,
    "clients_2": 9,
    "clients_more": 1,
    "crashes_1": 90,
    "crashes_2": 18,
    "crashes_more": 292,
    "top_clients": 1,
    "top_crashes": 292,
}


def clients(level: str = "channel", kind: str = "any", **values: Any) -> dict[str, Any]:
    """Return a row of the table of clients, of nightly unless values say otherwise."""
    return {"level": level, "channel": "nightly", "kind": kind, **CRASHED, **values}


def wilson(crashed: float, active: float) -> tuple[float, float]:
    """Return the 95% interval of the share without a crash (Wilson 1927)."""
    z, share = 1.959963984540054, 1 - crashed / active
    middle = share + z**2 / (2 * active)
    spread = z * math.sqrt(share * (1 - share) / active + z**2 / (4 * active**2))
    return (middle - spread) / (1 + z**2 / active), (middle + spread) / (1 + z**2 / active)


class PeopleTest(QuestionsTestCase):
    def people(self, *rows: Mapping[str, Any], days: int = 1, **carried: int) -> None:
        """Store so many days with these clients; of what pings carried, what is named."""
        lines = [
            CarriedLine(name.replace("_", " "), doc_type, "client id", pings)
            for name, pings in carried.items()
            for doc_type in ("main", "crash")
        ]
        for one in DAYS[:days]:
            row = Row({"channel": "nightly"}, {"usage_seconds": HOURS}, one)
            self.fill(one, row, tables={CLIENTS: rows}, carried=lines)

    def found(self, *by: str) -> dict[tuple[str | None, ...], Mapping[str, Any]]:
        """Return the values of each group and kind."""
        return {(*one.group, one.kind): one.values for one in people(self.connection, by)}

    def test_one_day(self) -> None:
        """Of one day the share without a crash has Wilson's interval of its clients."""
        self.people(clients())
        values = self.found("channel")["nightly", "any"]
        self.assertEqual((values["days"], values["active_user_days"]), (1, 10_000))
        self.assertAlmostEqual(values["crash_free"], 0.99)
        lower, upper = wilson(100, 10_000)
        self.assertAlmostEqual(values["lower"], lower, 12)
        self.assertAlmostEqual(values["upper"], upper, 12)
        self.assertAlmostEqual(values["lower"], 0.987853, 6)
        self.assertEqual(values["crashed_per_1000"], 10.0)
        self.assertIsNone(values["note"])

    def test_many_days(self) -> None:
        """Over several days user-days are added, and the interval is that of half of them."""
        self.people(clients(), days=2)
        values = self.found("channel")["nightly", "any"]
        self.assertEqual((values["days"], values["active_user_days"]), (2, 20_000))
        self.assertEqual(values["crashed_user_days"], 200)
        self.assertAlmostEqual(values["crash_free"], 0.99)
        lower, upper = wilson(100, 10_000)
        self.assertAlmostEqual(values["lower"], lower, 12)
        self.assertAlmostEqual(values["upper"], upper, 12)

    def test_few_machines(self) -> None:
        """Crashes of a client that crashes all day are told apart, and the rate without them."""
        self.people(clients())
        values = self.found()["any",]
        self.assertEqual(
            [values[f"clients_{bucket}"] for bucket in ("1", "2", "3_5", "6_20", "more")],
            [90, 9, 0, 0, 1],
        )
        self.assertEqual((values["top_clients"], values["top_crashes"]), (1, 292))
        self.assertEqual(values["crashes_per_1000"], 40.0)
        self.assertAlmostEqual(values["crashes_per_1000_without_top"], 1000 * 108 / 9_999)

    def test_few_clients_crashed(self) -> None:
        """Where fewer than five clients crashed, their crashes are told and nothing else."""
        self.people(clients(crashed_clients=4, crashes=9), clients(kind="main", crashed_clients=5))
        few = self.found("channel")["nightly", "any"]
        told = {name for name, value in few.items() if value is not None}
        self.assertEqual(told, {"days", "active_user_days", "crashes", "note"})
        self.assertEqual((few["crashes"], few["note"]), (9, "fewer than 5 clients crashed"))
        self.assertIsNotNone(self.found("channel")["nightly", "main"]["crash_free"])

    def test_levels(self) -> None:
        """Each division is that of one level, and kinds stand in their order."""
        self.people(
            clients(kind="any"),
            clients(kind="main"),
            clients("label", label="46.0b3"),
            clients("os", os_name="Linux"),
            clients("os_version", os_name="Linux", os_version="6.8"),
            clients("country", country="DE"),
        )
        for by, groups in (
            (("channel",), [("nightly", "main"), ("nightly", "any")]),
            (("application", "submission_date"), [("Firefox", "2016-03-14", "main")]),
            (("version",), [("46.0b3", "any")]),
            (("channel", "os_name"), [("nightly", "Linux", "any")]),
            (("os_version", "os_name"), [("6.8", "Linux", "any")]),
            (("country",), [("DE", "any")]),
        ):
            with self.subTest(by=by):
                self.assertEqual([*self.found(*by)][: len(groups)], groups)

    def test_names(self) -> None:
        """What no level divides by is refused with what can be asked by."""
        for by in (("country", "os_name"), ("architecture",)):
            with self.assertRaisesRegex(
                DimensionsError,
                f"^people are not counted by {', '.join(by)}: choose from application, channel",
            ):
                people(self.connection, by)

    def test_no_client_ids(self) -> None:
        """Of an application without client ids nothing is known, and others are without it."""
        thunderbird = {"application": "Thunderbird"}
        self.people(clients(), clients(**thunderbird), Firefox=9, Thunderbird=0)
        found = self.found("application")
        self.assertEqual(found["Firefox", "any"]["active_user_days"], 10_000)
        told = {name for name, value in found["Thunderbird", "any"].items() if value is not None}
        self.assertEqual(told, {"days", "note"})
        self.assertEqual(found["Thunderbird", "any"]["note"], "no client ids")
        self.assertEqual(self.found("channel")["nightly", "any"]["active_user_days"], 10_000)

    def test_more_crashed_than_active(self) -> None:
        """Where more ids crashed than were active there is no share, and the note says so."""
        self.people(clients(active_clients=100, crashed_clients=101))
        values = self.found("channel")["nightly", "any"]
        self.assertEqual(
            (values["crash_free"], values["lower"], values["note"]),
            (None, None, "more clients crashed than were active"),
        )

    def test_small_channel(self) -> None:
        """Readers see a channel with fewer than 100 people as other."""
        self.people(clients(), clients(channel="esr", active_clients=99, crashed_clients=9))
        self.assertEqual([*self.found("channel")], [("nightly", "any"), ("other", "any")])

    def test_answer(self) -> None:
        """Programs get a row for each group and kind, with all columns."""
        self.people(clients())
        found = people(self.connection)
        (record,) = people_answer(["channel"], found).records()
        self.assertEqual((record["channel"], record["kind"]), ("nightly", "any"))
        self.assertEqual(record["crashes_per_1000"], 40.0)
        self.assertEqual(people_answer(["channel"], []).rows, [])
        self.assertIsInstance(found[0], People)


if __name__ == "__main__":
    unittest.main()
