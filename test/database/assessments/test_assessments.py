from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime

from crash_rate_aggregates.database.assessments.assessment_rows import (
    ANSWER_TABLES,
    ASSESSMENT_TABLES,
    ExplanationRow,
    NowcastRow,
    VariationRow,
    WatchStateRow,
)
from crash_rate_aggregates.database.assessments.assessments import Assessment, store_assessment
from crash_rate_aggregates.errors import DatabaseError
from test.database.sample_days import DatabaseTestCase

VARIATION = VariationRow("Firefox", "release", "main", 2.5, 0.05, 56)
NOWCAST = NowcastRow(
    "Firefox",
    "release",
    "main",
    date(2026, 11, 28),
    1,
    "too early",
    12.5,
    4000.0,
    0.9,
    0.8,
    None,
    None,
    None,
    None,
    None,
    "a note",
)
EXPLANATION = ExplanationRow(
    "Firefox", "release", "156.0", "main", "segments", 1, {"country": None, "os_name": "x"}, "x"
)
STATE = WatchStateRow("Firefox", "release", "main", "rate", {"first_date": None, "left_out": []})
ASSESSMENT = Assessment(
    date(2026, 11, 29),
    datetime(2026, 11, 30, 4, 0, tzinfo=UTC),
    "0.1.0",
    1,
    7,
    1.5,
    (NOWCAST, STATE, VARIATION, EXPLANATION),
)


class AssessmentsTest(DatabaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.connection.execute("TRUNCATE crash_assessments CASCADE")

    def test_columns(self) -> None:
        """Each table of answers has a column for each field of its rows, and no other."""
        for kind, table in ANSWER_TABLES.items():
            found = self.rows(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_schema = current_schema() AND table_name = %s",
                table,
            )
            names = {"assessment_id", *(one.name for one in fields(kind))}
            self.assertEqual({name for (name,) in found}, names, table)

    def test_stored(self) -> None:
        """What was said is stored as it was, with its number; an object stays one."""
        number = store_assessment(self.connection, ASSESSMENT)
        self.assertEqual(
            self.rows("SELECT assessment_id, burst_factor, day_sd, days FROM crash_variation"),
            [(number, 2.5, 0.05, 56)],
        )
        self.assertEqual(
            self.rows("SELECT crashes, rate, note FROM crash_nowcasts"), [(12.5, None, "a note")]
        )
        self.assertEqual(
            self.rows("SELECT segment FROM crash_explanations"), [(EXPLANATION.segment,)]
        )
        self.assertEqual(self.rows("SELECT state FROM crash_watch_states"), [(STATE.state,)])

    def test_added(self) -> None:
        """A second assessment of a day is added, with a greater number."""
        first = store_assessment(self.connection, ASSESSMENT)
        second = store_assessment(self.connection, ASSESSMENT)
        self.assertGreater(second, first)
        self.assertEqual(self.rows("SELECT count(*) FROM crash_variation"), [(2,)])

    def test_all_or_nothing(self) -> None:
        """Where a row is refused, nothing of the assessment is stored."""
        wrong = replace(ASSESSMENT, rows=(VARIATION, replace(NOWCAST, state="no such state")))
        with self.assertRaisesRegex(DatabaseError, "the assessment of 2026-11-29 was not stored"):
            store_assessment(self.connection, wrong)
        for table in ASSESSMENT_TABLES:
            self.assertEqual(self.rows(f"SELECT count(*) FROM {table}"), [(0,)], table)
