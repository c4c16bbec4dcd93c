from __future__ import annotations

import unittest

from crash_rate_aggregates.database.assessments.notifications import SentNotification
from crash_rate_aggregates.questions.said.alarm_evenings import (
    AlarmEvening,
    AlarmState,
    LitAlarm,
)
from crash_rate_aggregates.watch.due_messages import due_messages
from test.watch.made_messages import evening, known, lit_alarm, sent

ENDED = AlarmState.ENDED


class DueMessagesTest(unittest.TestCase):
    def states(
        self, alarm: LitAlarm | AlarmEvening, *before: SentNotification, keeps_state: bool = False
    ) -> list[str]:
        """Return what is due, as it would be recorded, after what was sent."""
        what = evening(alarm) if isinstance(alarm, LitAlarm) else alarm
        return [one.state for one in due_messages(what, before, keeps_state=keeps_state)]

    def test_begun_once(self) -> None:
        """An alarm is told when it is new to the destination, lit since earlier too, and once."""
        for state in (AlarmState.BEGUN, AlarmState.LIT, AlarmState.WORSE):
            self.assertEqual(self.states(lit_alarm(state)), ["begun"])
            self.assertEqual(self.states(lit_alarm(state), sent("begun", 12)), [])
            self.assertEqual(self.states(lit_alarm(state), sent("begun", 12, "other")), ["begun"])

    def test_worsened_once(self) -> None:
        """That it worsened is told once, and once more after each acknowledgement."""
        worse = lit_alarm(worsened=True)
        self.assertEqual(self.states(worse, sent("begun", 12)), ["worsened"])
        self.assertEqual(self.states(worse, sent("begun", 12), sent("worsened", 13)), [])
        again = lit_alarm(worsened=True, acknowledgement=known(14))
        told = (sent("begun", 12), sent("worsened", 13))
        self.assertEqual(self.states(again, *told), ["worsened 2"])
        self.assertEqual(self.states(again, *told, sent("worsened 2", 15)), [])

    def test_acknowledged_is_quiet(self) -> None:
        """What is acknowledged as bad as it is is not told, whether it was or not."""
        quiet = lit_alarm(acknowledgement=known())
        self.assertEqual(self.states(quiet), [])
        self.assertEqual(self.states(quiet, sent("begun", 12)), [])

    def test_acknowledged_before_it_was_told(self) -> None:
        """What was acknowledged at once is told when it worsens, and when it ends."""
        self.assertEqual(
            self.states(lit_alarm(worsened=True, acknowledgement=known())), ["worsened"]
        )
        over = lit_alarm(ENDED, acknowledgement=known())
        self.assertEqual(self.states(over), ["ended"])
        self.assertEqual(self.states(over, sent("ended", 14)), [])

    def test_ended_once(self) -> None:
        """The end is told to who heard of the beginning, once."""
        for state in (ENDED, AlarmState.NEW_LEVEL):
            over = lit_alarm(state)
            self.assertEqual(self.states(over), [])
            self.assertEqual(self.states(over, sent("begun", 12)), ["ended"])
            self.assertEqual(self.states(over, sent("worsened", 12)), ["ended"])
            self.assertEqual(self.states(over, sent("begun", 12), sent("ended", 13)), [])

    def test_an_end_that_was_missed(self) -> None:
        """What ended on an evening on which nothing was sent is told of later."""
        past = evening(past=(lit_alarm(ENDED),))
        self.assertEqual(self.states(past, sent("begun", 12)), ["ended"])
        self.assertEqual(self.states(past), [])
        acknowledged = evening(past=(lit_alarm(ENDED, acknowledgement=known()),))
        self.assertEqual(self.states(acknowledged), [])

    def test_a_verdict_that_comes_again(self) -> None:
        """A verdict of worse that was over begins once more, under a state of its own."""
        verdict = lit_alarm(AlarmState.WORSE)
        told: tuple[SentNotification, ...] = (sent("begun", 12), sent("ended", 13))
        self.assertEqual(self.states(verdict, *told), ["begun 2"])
        told = (*told, sent("begun 2", 14))
        self.assertEqual(self.states(verdict, *told), [])
        self.assertEqual(self.states(lit_alarm(ENDED), *told), ["ended 2"])

    def test_who_keeps_a_state(self) -> None:
        """A destination with a state of its own hears of each acknowledgement, if it knows."""
        quiet = lit_alarm(acknowledgement=known(13))
        self.assertEqual(self.states(quiet, keeps_state=True), [])
        told = [sent("begun", 12)]
        self.assertEqual(self.states(quiet, *told, keeps_state=True), ["acknowledged"])
        told.append(sent("acknowledged", 14))
        self.assertEqual(self.states(quiet, *told, keeps_state=True), [])
        later = lit_alarm(acknowledgement=known(15))
        self.assertEqual(self.states(later, *told, keeps_state=True), ["acknowledged 2"])


if __name__ == "__main__":
    unittest.main()
