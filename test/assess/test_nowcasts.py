"""What is said of dates whose pings are still coming in, on stored days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from crash_rate_aggregates.assess.assessing import assess
from crash_rate_aggregates.database.assessments.assessment_rows import NowcastRow, VariationRow
from test.assess.made_world import DELAYS, FIRST, RATE, SYSTEMS, World, WorldTestCase

NOW = datetime(2026, 8, 4, 4, 0, tzinfo=UTC)
EVENING = FIRST + timedelta(days=60)
HALF = FIRST + timedelta(days=58)
USUAL = RATE * sum(share * factor for share, factor in SYSTEMS.values())
"""Main crashes per 1,000 hours of the whole channel."""


class NowcastsTest(WorldTestCase):
    world = World(days=61, lost={HALF: 0.5, FIRST + timedelta(days=55): 1.0})

    def rows(self, kind=NowcastRow):
        """Return the rows about main crashes, by activity date where they have one."""
        found = assess(self.connection, EVENING, NOW).rows
        return [row for row in found if isinstance(row, kind) and row.kind == "main"]

    def of(self, day: date) -> NowcastRow:
        """Return the nowcast of an activity date."""
        (row,) = (row for row in self.rows() if row.activity_date == day)
        assert isinstance(row, NowcastRow)
        return row

    def test_today(self) -> None:
        """Crashes come before hours: the first evening's rate is corrected down to what it is."""
        row = self.of(EVENING)
        crashes_in, hours_in = DELAYS[0][1], DELAYS[0][0]
        counted = 1000 * row.crashes / row.usage_hours
        self.assertAlmostEqual(counted / (USUAL * crashes_in / hours_in), 1.0, places=3)
        self.assertEqual((row.state, row.days_late, row.note), ("provisional", 0, None))
        self.assertAlmostEqual((row.rate or 0) / USUAL, 1.0, delta=0.005)
        self.assertAlmostEqual(row.crashes_complete or 0, crashes_in, delta=0.005)
        self.assertAlmostEqual(row.hours_complete or 0, hours_in, delta=0.005)
        self.assertLess(row.final_lower_limit or 0, USUAL)
        self.assertGreater(row.final_upper_limit or 0, USUAL)

    def test_half_delivered(self) -> None:
        """A date of which half came is told from the next day on."""
        self.assertEqual(self.of(HALF).note, "its hours came in otherwise than usual")

    def test_not_stored(self) -> None:
        """A date whose own submission date is missing has no rate; others say what they lack."""
        missing = FIRST + timedelta(days=55)
        row = self.of(missing)
        self.assertEqual((row.state, row.rate), ("unknown", None))
        self.assertEqual(row.note, "its submission date is not stored")
        before = self.of(missing - timedelta(days=1))
        self.assertEqual(before.note, f"not stored: {missing}")

    def test_variation(self) -> None:
        """Days without chance vary by nothing, and without clients no burst factor is known."""
        (row,) = self.rows(VariationRow)
        self.assertEqual(row.burst_factor, None)
        self.assertLess(row.day_sd or 0, 0.01)
        self.assertGreater(row.days, 40)
