from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import timedelta

from crash_rate_aggregates.health.alarm_findings import with_alarms
from crash_rate_aggregates.health.check import CheckedDay, Fault
from crash_rate_aggregates.questions.said.alarm_evenings import AlarmEvening, AlarmState
from test.watch.made_messages import EVENING, WORDS, evening, known, lit_alarm

AFTER = EVENING + timedelta(days=1)


def faults(shown: AlarmEvening) -> list[list[str]]:
    """Return the faults of the evening's day and the one after it."""
    days = [CheckedDay(day, 1, 1, (), has_past=False) for day in (EVENING, AFTER)]
    return [[one.fault for one in day.findings] for day in with_alarms(days, shown)]


class AlarmFindingsTest(unittest.TestCase):
    def test_alarms_that_nobody_knows(self) -> None:
        """An alarm is a fault of its evening's day, unless somebody knows of it, or it is over."""
        lit, quiet = lit_alarm(), lit_alarm(acknowledgement=known())
        over = lit_alarm(AlarmState.ENDED)
        self.assertEqual(faults(evening(lit, quiet, over)), [[Fault.ALARM], []])
        worse = replace(quiet, worsened=True)
        self.assertEqual(faults(evening(worse, lit)), [[Fault.ALARM, Fault.ALARM], []])
        self.assertEqual(faults(evening(quiet)), [[], []])
        day = CheckedDay(EVENING, 1, 1, (), has_past=False)
        (found,) = with_alarms([day], evening(lit))[0].findings
        self.assertEqual(found.text, f"{WORDS} (firefox/release/main/2026-11-24)")

    def test_a_day_that_is_not_assessed(self) -> None:
        """The newest stored day is at fault if nothing is said of it, and no other."""
        behind = replace(evening(lit_alarm()), newest_stored=AFTER)
        self.assertEqual(faults(behind), [[Fault.ALARM], [Fault.UNASSESSED]])
        self.assertEqual(faults(replace(behind, newest_stored=None)), [[Fault.ALARM], []])

    def test_other_days(self) -> None:
        """What is said of a day that is not looked at is left out."""
        shown = replace(evening(lit_alarm()), submission_date=EVENING - timedelta(days=9))
        self.assertEqual(faults(replace(shown, newest_stored=None)), [[], []])


if __name__ == "__main__":
    unittest.main()
