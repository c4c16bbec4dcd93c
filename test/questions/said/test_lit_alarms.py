from __future__ import annotations

import unittest
from datetime import UTC, date, datetime, timedelta

from crash_rate_aggregates.database.assessments.assessment_rows import Row
from crash_rate_aggregates.errors import NotAssessedError
from crash_rate_aggregates.questions.said.alarm_evenings import AlarmEvening, LitAlarm
from crash_rate_aggregates.questions.said.lit_alarms import lit_alarms, severity
from test.questions.said.alarm_database import AlarmDatabaseTestCase
from test.questions.said.made_alarms import (
    FIRST,
    MAIN,
    TIMES,
    VERDICT,
    acknowledged_at,
    alarm,
    assess_day,
    assess_evenings,
    verdict,
)


class LitAlarmsTest(AlarmDatabaseTestCase):
    def after(self, *evenings: tuple[Row, ...]) -> AlarmEvening:
        """Store evenings in a row; return what is known after the last of them."""
        assess_evenings(self.connection, *evenings)
        return lit_alarms(self.connection)

    def only(self, *evenings: tuple[Row, ...]) -> LitAlarm:
        """Return the only alarm after some evenings."""
        (alarm,) = self.after(*evenings).alarms
        return alarm

    def test_nothing_assessed(self) -> None:
        """Before the first assessment there is no answer, and the sentence says what to do."""
        with self.assertRaisesRegex(
            NotAssessedError, "^no day is assessed yet: `run`.* `crash-rate-aggregates assess` for"
        ):
            lit_alarms(self.connection)

    def test_an_evening_without_alarms(self) -> None:
        """An evening without alarms is one, and its day and time are told."""
        evening = self.after(())
        self.assertEqual((evening.alarms, evening.past, evening.lit), ((), (), ()))
        self.assertEqual(evening.submission_date, FIRST)
        self.assertEqual(evening.assessed_at, datetime(2026, 11, 26, 12, tzinfo=UTC))
        self.assertEqual((evening.newest_stored, evening.is_behind), (None, False))

    def test_alarm_and_verdict(self) -> None:
        """An alarm and a decisive verdict of worse are alarms, with ids and words."""
        row = alarm(machines="few machines: 3 of 900")
        aside = (
            verdict("worse", is_decisive=False, method="equal age"),
            verdict("no change", label="155.0", previous_label="154.0"),
        )
        first, second = self.after((row, verdict(), *aside)).alarms
        self.assertEqual(
            first,
            LitAlarm(
                alarm_id=MAIN,
                words=f"Firefox release, main crashes: {TIMES}2.00 since 24 November",
                state=first.state,
                application="Firefox",
                channel="release",
                kind="main",
                since=date(2026, 11, 24),
                ratio=2.0,
                machines="few machines: 3 of 900",
                acknowledgement=None,
                worsened=False,
            ),
        )
        self.assertEqual((first.state, second.state), ("begun", "worse"))
        self.assertEqual((second.alarm_id, second.since), (VERDICT, date(2026, 11, 25)))
        self.assertEqual(
            second.words,
            "Firefox 156.0b3 after 156.0b2, main crashes: worse by 24% (11 … 39) since 25 November",
        )
        self.assertTrue(first.is_lit and second.is_lit)

    def test_branches(self) -> None:
        """A branch that is worse than its control is an alarm, in words of experiments."""
        row = verdict(label="exp/treatment", previous_label="exp/control", method="by lot")
        found = self.only((row,))
        self.assertEqual(found.alarm_id, "firefox/beta/exp/treatment/main")
        self.assertTrue(found.words.startswith("Firefox exp/treatment against exp/control, main"))

    def test_ended_this_evening(self) -> None:
        """What ended is listed on that evening in the words of it, and afterwards is past."""
        first = self.after((alarm(), verdict()), (alarm("ended"), verdict("no change above 20%")))
        self.assertEqual(
            {one.alarm_id: (one.state, one.words) for one in first.alarms},
            {
                MAIN: (
                    "ended",
                    f"Firefox {alarm('ended').words}",
                ),
                VERDICT: (
                    "ended",
                    "Firefox 156.0b3 after 156.0b2, main crashes: no change above 20%",
                ),
            },
        )
        self.assertEqual(first.lit, ())
        assess_day(self.connection, FIRST + timedelta(days=2))
        later = lit_alarms(self.connection)
        self.assertEqual((later.alarms, later.past), ((), first.alarms))

    def test_other_ends(self) -> None:
        """A new level is over; so is a verdict on what is no longer judged, or a row less."""
        rows = (alarm(), verdict(), alarm(alarm_id="firefox/esr/main/2026-11-24"))
        found = self.after(rows, (alarm("new level"),)).alarms
        self.assertEqual(
            [(one.alarm_id, one.state) for one in found],
            [("firefox/esr/main/2026-11-24", "ended"), (MAIN, "new level"), (VERDICT, "ended")],
        )
        self.assertTrue(found[0].words.endswith(f"{TIMES}2.00 since 24 November; no longer"))
        self.assertTrue(found[2].words.endswith("main crashes: no longer judged"))

    def test_the_newest_assessment_holds(self) -> None:
        """A repeated assessment replaces what was said of its day, and of no other."""
        assess_evenings(self.connection, (alarm(),), (alarm("lit", 3.0),))
        assess_day(self.connection, FIRST + timedelta(days=1), alarm("lit", 2.5))
        assess_day(self.connection, FIRST, alarm("begun", 9.0))
        (found,) = lit_alarms(self.connection).alarms
        self.assertEqual((found.state, found.ratio), ("lit", 2.5))

    def test_acknowledged_until_it_worsens(self) -> None:
        """An acknowledgement quiets an alarm until it is half as bad again as it was then."""
        assess_evenings(self.connection, (alarm(ratio=2.0),))
        acknowledged_at(self.connection, MAIN, datetime(2026, 11, 26, 13, tzinfo=UTC), 2.0)
        for day, ratio, is_quiet in ((1, 2.99, True), (2, 3.0, False), (3, None, False)):
            assess_day(self.connection, FIRST + timedelta(days=day), alarm("lit", ratio))
            (found,) = lit_alarms(self.connection).alarms
            self.assertEqual((found.is_quiet, found.worsened), (is_quiet, not is_quiet))
        assert found.acknowledgement is not None
        self.assertEqual((found.acknowledgement.by, found.ratio), ("Ann", 3.0))
        # Acknowledged again as it is now.
        acknowledged_at(self.connection, MAIN, datetime(2026, 11, 29, 13, tzinfo=UTC), 3.0)
        self.assertTrue(lit_alarms(self.connection).alarms[0].is_quiet)

    def test_hours_worsen_downwards(self) -> None:
        """Of hours that are missing a lower ratio is worse."""
        self.assertEqual((severity(2.0), severity(0.5), severity(1.0)), (2.0, 2.0, 1.0))
        hours = {"kind": "hours", "measure": "hours"}
        for day, ratio, has_worsened in ((0, 0.6, False), (1, 0.41, False), (2, 0.4, True)):
            assess_day(self.connection, FIRST + timedelta(days=day), alarm("lit", ratio, **hours))
            (found,) = lit_alarms(self.connection).alarms
            self.assertEqual((found.ratio, found.worsened), (ratio, has_worsened))

    def test_a_verdict_that_comes_again(self) -> None:
        """An acknowledgement is of one run of evenings: what was over in between is new."""
        self.after((verdict(),), (verdict(),))
        acknowledged_at(self.connection, VERDICT, datetime(2026, 11, 27, 11, tzinfo=UTC), 1.24)
        self.assertTrue(lit_alarms(self.connection).alarms[0].is_quiet)
        assess_day(self.connection, FIRST + timedelta(days=2), verdict("no change"))
        assess_day(self.connection, FIRST + timedelta(days=3), verdict())
        (again,) = lit_alarms(self.connection).alarms
        self.assertEqual((again.state, again.acknowledgement), ("worse", None))

    def test_order(self) -> None:
        """What nobody knows of comes first, the worst of it at the top; what is over at the end."""
        ids = ("a", "b", "c", "d")
        first = tuple(alarm(alarm_id=one, ratio=2.0) for one in ids)
        then = [
            alarm("lit", 2.0, alarm_id="a"),
            alarm("lit", 2.2, alarm_id="b"),
            alarm("lit", 2.5, alarm_id="c"),
            alarm("ended", 1.0, alarm_id="d"),
        ]
        assess_evenings(self.connection, first, tuple(then))
        acknowledged_at(self.connection, "c", datetime(2026, 11, 27, 13, tzinfo=UTC), 2.5)
        found = lit_alarms(self.connection).alarms
        self.assertEqual([one.alarm_id for one in found], ["b", "a", "c", "d"])


if __name__ == "__main__":
    unittest.main()
