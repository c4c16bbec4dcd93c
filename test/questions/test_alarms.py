"""The question of the alert: what the newest assessment says that nobody knows of yet."""

from __future__ import annotations

import unittest
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from test.questions.stored_days import QuestionsTestCase

EVENING = date(2016, 3, 14)
ALARM = {
    "alarm_id": "firefox/nightly/main/2016-03-12",
    "kind": "main",
    "measure": "rate",
    "begun": date(2016, 3, 12),
    "state": "begun",
    "words": "main crashes of nightly are twice as high",
    "activity_date": EVENING,
    "ratio": 2.0,
}
VERDICT = {
    "channel": "beta",
    "label": "46.0b3",
    "kind": "content",
    "method": "equal age",
    "is_decisive": True,
    "state": "worse",
    "words": "46.0b3 is worse by 60%",
    "first_day": date(2016, 3, 10),
    "since": date(2016, 3, 13),
    "age": 4,
    "ratio": 1.6,
    "change": 0.2,
    "alpha": 0.1,
}
ALARM_ID = ALARM["alarm_id"]
VERDICT_ID = "firefox/beta/46.0b3/content"


class AlarmsTest(QuestionsTestCase):
    def said(
        self,
        *,
        alarms: tuple[Mapping[str, Any], ...] = (),
        verdicts: tuple[Mapping[str, Any], ...] = (),
        evening: date = EVENING,
    ) -> None:
        """Store what an evening says; each mapping has what differs from the usual one."""
        self.assess(
            evening,
            {
                "crash_alarms": [{**ALARM, **one} for one in alarms],
                "crash_verdicts": [{**VERDICT, **one} for one in verdicts],
            },
        )

    def acknowledge(self, alarm_id: object, ratio: float | None, day: int = 14) -> None:
        """Say on that day of March that somebody knows."""
        self.connection.execute(
            "INSERT INTO crash_acknowledgements VALUES (%s, %s, 'ann', 'bug 1', %s)",
            [alarm_id, datetime(2016, 3, day, 8, tzinfo=UTC), ratio],
        )

    def alarms(self) -> int:
        """Ask how many there are."""
        return int(self.ask("alert_alarms")[0]["alarms"])

    def test_nothing(self) -> None:
        """Before the first assessment, and where all is well, the number is 0."""
        self.assertEqual(
            self.ask("alert_alarms"), [{"alarms": 0, "submission_date": None, "which": "none"}]
        )
        self.said()
        self.assertEqual(
            self.ask("alert_alarms"), [{"alarms": 0, "submission_date": EVENING, "which": "none"}]
        )

    def test_words(self) -> None:
        """Alarms that are lit and releases that are worse are counted and told by their words."""
        self.said(alarms=({},), verdicts=({},))
        self.assertEqual(
            self.ask("alert_alarms"),
            [
                {
                    "alarms": 2,
                    "submission_date": EVENING,
                    "which": "46.0b3 is worse by 60%; main crashes of nightly are twice as high",
                }
            ],
        )

    def test_states(self) -> None:
        """What has ended, is a new level, is no worse or stands beside the verdict is no alarm."""
        self.said(
            alarms=(
                {"state": "lit"},
                {"alarm_id": "2", "state": "ended"},
                {"alarm_id": "3", "state": "new level"},
            ),
            verdicts=(
                {"state": "better"},
                {"kind": "main", "state": "not enough data"},
                {"method": "same days", "is_decisive": False},
            ),
        )
        self.assertEqual(self.alarms(), 1)

    def test_newest(self) -> None:
        """Only the newest assessment of the newest assessed day counts."""
        self.said(alarms=({},))
        self.said(alarms=({},), evening=date(2016, 3, 13))
        self.assertEqual(self.alarms(), 1)
        self.said()
        self.assertEqual(self.alarms(), 0)

    def test_acknowledged(self) -> None:
        """What somebody acknowledged is quiet until it is half as much again."""
        self.said(alarms=({},), verdicts=({},))
        self.acknowledge(VERDICT_ID, 1.6)
        self.assertEqual(self.alarms(), 1)
        self.acknowledge(ALARM_ID, 1.35)
        self.assertEqual(self.alarms(), 0)
        self.said(alarms=({"ratio": 2.1},), verdicts=({"ratio": 2.39},))
        self.assertEqual(self.ask("alert_alarms")[0]["which"], ALARM["words"])
        self.acknowledge(ALARM_ID, 2.1, day=15)
        self.assertEqual(self.alarms(), 0)

    def test_acknowledged_before_it_came_again(self) -> None:
        """An acknowledgement of what has ended says nothing of what has begun since."""
        self.said(verdicts=({},))
        self.acknowledge(VERDICT_ID, 1.6, day=12)
        self.assertEqual(self.alarms(), 1)
        self.acknowledge(VERDICT_ID, 1.6, day=13)
        self.assertEqual(self.alarms(), 0)


if __name__ == "__main__":
    unittest.main()
