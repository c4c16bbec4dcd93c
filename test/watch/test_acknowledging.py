from __future__ import annotations

import unittest

from crash_rate_aggregates.errors import AlarmNotLitError, NotAssessedError
from crash_rate_aggregates.questions.said.lit_alarms import lit_alarms
from crash_rate_aggregates.watch.acknowledging import acknowledge_lit
from test.questions.said.alarm_database import AlarmDatabaseTestCase
from test.questions.said.made_alarms import MAIN, VERDICT, alarm, assess_evenings, verdict


class AcknowledgingTest(AlarmDatabaseTestCase):
    def test_who_and_why(self) -> None:
        """Who acknowledged an alarm, why, and how bad it was then is kept, and quiets it."""
        assess_evenings(self.connection, (alarm(ratio=2.5), verdict()))
        acknowledged = acknowledge_lit(self.connection, MAIN, "Ann", "bug 1234567")
        self.assertEqual(acknowledged.alarm_id, MAIN)
        verdict_alarm, found = lit_alarms(self.connection).alarms
        self.assertEqual((found.is_quiet, verdict_alarm.is_quiet), (True, False))
        assert found.acknowledgement is not None
        known = found.acknowledgement
        self.assertEqual((known.by, known.note, known.ratio), ("Ann", "bug 1234567", 2.5))

    def test_what_is_not_lit(self) -> None:
        """What is not lit, or is over, is refused in a sentence with what is."""
        assess_evenings(self.connection, (alarm(), verdict()), (alarm("ended"), verdict()))
        for alarm_id in (MAIN, "nothing"):
            with self.assertRaisesRegex(
                AlarmNotLitError, f"^no alarm '{alarm_id}' is lit: choose from {VERDICT}$"
            ):
                acknowledge_lit(self.connection, alarm_id, "Ann", "why")
        count = self.connection.execute("SELECT count(*) FROM crash_acknowledgements").fetchone()
        self.assertEqual(count, (0,))

    def test_nothing_is_lit(self) -> None:
        """Without an alarm, or any assessment, there is nothing to acknowledge."""
        with self.assertRaises(NotAssessedError):
            acknowledge_lit(self.connection, MAIN, "Ann", "why")
        assess_evenings(self.connection, ())
        with self.assertRaisesRegex(AlarmNotLitError, "nor is any other: there is nothing to"):
            acknowledge_lit(self.connection, MAIN, "Ann", "why")


if __name__ == "__main__":
    unittest.main()
