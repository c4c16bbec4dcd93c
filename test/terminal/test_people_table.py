from __future__ import annotations

import unittest
from typing import Any

from crash_rate_aggregates.questions.user_days import People
from crash_rate_aggregates.terminal.people_table import PeopleTable
from test.terminal.printed import printed

VALUES: dict[str, Any] = {
    "days": 7,
    "active_user_days": 25_201,
    "crashes": 1670,
    "crashed_user_days": 222,
    "crash_free": 0.99119,
    "lower": 0.9894,
    "upper": 0.99268,
    "crashed_per_1000": 8.809,
    "crashes_per_1000": 66.267,
    "crashes_per_1000_without_top": 9.768,
    "clients_1": 194,
    "clients_2": 10,
    "clients_3_5": 7,
    "clients_6_20": 1,
    "clients_more": 10,
    "top_clients": 16,
    "top_crashes": 1424,
    "note": None,
}
FEW = dict.fromkeys(VALUES) | {
    "days": 7,
    "active_user_days": 900,
    "crashes": 3,
    "note": "fewer than 5 clients crashed",
}


class PeopleTableTest(unittest.TestCase):
    def lines(self, *values: dict[str, Any]) -> list[str]:
        """Return what is printed of all kinds together of nightly, then of esr."""
        groups = [("nightly",), ("esr",)]
        found = [
            People(group, "any", of_group) for group, of_group in zip(groups, values, strict=False)
        ]
        return printed(PeopleTable(("channel",), found), 80)

    def test_tables(self) -> None:
        """Shares with their interval, and how often clients crash, fit 80 columns."""
        lines = self.lines(VALUES)
        self.assertLess(max(map(len, lines)), 81)
        self.assertEqual(
            lines[4].split(),
            ["nightly", "any", "25,201", "99.12%", "98.94…99.27%", "8.81"],
        )
        self.assertEqual(
            lines[10].split(), ["nightly", "any", "194", "10", "7", "1", "10", "66.27", "9.77"]
        )

    def test_few_machines(self) -> None:
        """Where most crashes come from a tenth of the clients or fewer, a sentence says so."""
        sentence = "nightly: 85% of the crashes come from 7.2% of the clients that crashed"
        self.assertIn(sentence, self.lines(VALUES))
        for other in ({"top_crashes": 834}, {"top_clients": 23}):
            self.assertNotIn("of the crashes come from", "\n".join(self.lines(VALUES | other)))

    def test_notes(self) -> None:
        """Groups without a share are named below with their crashes, by the reason."""
        lines = self.lines(VALUES, FEW)
        self.assertEqual(lines[-2], "fewer than 5 clients crashed: esr any (3)")

    def test_many_days(self) -> None:
        """Of more than one day it is said that the same people come again."""
        sentence = "Over several days an interval is made wider, as the same people come again."
        self.assertEqual(self.lines(VALUES)[-1], sentence)
        self.assertNotIn(sentence, self.lines(VALUES | {"days": 1}))


if __name__ == "__main__":
    unittest.main()
