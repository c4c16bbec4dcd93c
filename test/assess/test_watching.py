"""Alarms on stored days: begun, lit, over, and told to the next evening through the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crash_rate_aggregates.assess.assessing import assess
from crash_rate_aggregates.database.assessments.assessment_rows import AlarmRow
from crash_rate_aggregates.database.assessments.assessments import store_assessment
from test.assess.made_world import FIRST, World, WorldTestCase

NOW = datetime(2026, 8, 4, 4, 0, tzinfo=UTC)
TIMES = "\N{MULTIPLICATION SIGN}"
SPIKE = FIRST + timedelta(days=70)


class SpikeTest(WorldTestCase):
    world = World(
        days=78,
        spikes={SPIKE + timedelta(days=number): 1.5 for number in range(3)},
        lost={FIRST + timedelta(days=76): 0.5},
    )

    def test_evenings(self) -> None:
        """Half as many crashes again are an alarm the same evening, lit until they are over."""
        said = []
        for late in range(8):
            assessment = assess(self.connection, SPIKE + timedelta(days=late), NOW)
            store_assessment(self.connection, assessment)
            alarms = [row for row in assessment.rows if isinstance(row, AlarmRow)]
            said.append({row.alarm_id: row.state for row in alarms if row.kind != "hours"})
        name = f"firefox/release/main/{SPIKE}"
        both = f"firefox/release/main_and_content_minus_shutdown/{SPIKE}"
        states = ["begun", "lit", "lit", "lit", "ended"]
        self.assertEqual(said[:5], [{name: state, both: state} for state in states])
        self.assertEqual(said[5:], [{}, {}, {}])

    def test_words(self) -> None:
        """An alarm says how much, since when, and by which figures."""
        rows = assess(self.connection, SPIKE, NOW).rows
        words = [row.words for row in rows if isinstance(row, AlarmRow) and row.kind == "main"]
        self.assertRegex(
            words[0],
            rf"^release, main crashes: {TIMES}1\.5\d since 10 August "
            r"\(6\.\d\d instead of 4\.\d\d per 1,000 hours on 10 August, "
            rf"{TIMES}\d\.\d\d … \d\.\d\d\)$",
        )

    def test_missing_hours(self) -> None:
        """Half of a day's pings missing is an alarm about hours, not about crashes."""
        lost = FIRST + timedelta(days=76)
        rows = assess(self.connection, lost, NOW).rows
        alarms = {(row.kind, row.state) for row in rows if isinstance(row, AlarmRow)}
        self.assertEqual(alarms, {("hours", "begun")})
