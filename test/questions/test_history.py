from __future__ import annotations

from dataclasses import replace
from datetime import date

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.errors import DayNotStoredError
from crash_rate_aggregates.outcomes import RULES_VERSION
from crash_rate_aggregates.questions.history import ChannelTotals, day_history
from test.database.sample_days import BETA, NIGHTLY, SUBMISSION_DATE, DatabaseTestCase, Row, day


class HistoryTest(DatabaseTestCase):
    def store(self, *rows, **facts):
        stored = day(*rows)
        return replace_day(self.connection, replace(stored, facts=replace(stored.facts, **facts)))

    def changes(self):
        return [past.changed for past in day_history(self.connection, SUBMISSION_DATE)]

    def test_runs_and_totals(self):
        """Every run is there, the first one first, with what it stored by channel."""
        self.store(NIGHTLY)
        self.store(NIGHTLY, Row({"channel": "default"}, {"main_crashes": 4}), BETA)
        first, second = day_history(self.connection, SUBMISSION_DATE)
        self.assertEqual((first.run.run_id, first.run.aggregates), (1, 1))
        self.assertEqual(first.run.facts.seconds, 12.5)
        self.assertEqual((second.run.run_id, second.run.aggregates), (2, 3))
        self.assertEqual(first.totals, (ChannelTotals("nightly", 1, 1, 0, 2.0),))
        self.assertEqual(
            second.totals,
            (
                ChannelTotals("nightly", 1, 1, 0, 2.0),
                ChannelTotals("beta", 1, 0, 0, 0.5),
                ChannelTotals("other", 1, 4, 0, 0.0),
            ),
        )

    def test_no_definition_changed(self):
        """Where only the pings can differ, no definition is named."""
        self.store(NIGHTLY)
        self.store(BETA)
        self.assertEqual(self.changes(), [None, ""])

    def test_changed_definitions(self):
        """Each definition that differs from the run before is named with its old and new value."""
        locale = Dimension("locale", ("environment", "settings", "locale"))
        self.store(NIGHTLY)
        for facts in (
            {"program_version": "0.2.0"},
            {"program_version": "0.2.0", "rules_version": RULES_VERSION + 1},
            {"program_version": "0.2.0", "rules_version": RULES_VERSION + 1, "engine": "spark"},
            {"dimensions": (*DIMENSIONS[1:], locale)},
            {"pings_source": "s3://pings"},
        ):
            self.store(NIGHTLY, **facts)
        self.assertEqual(
            self.changes(),
            [
                None,
                "program 0.1.0 to 0.2.0",
                f"rules {RULES_VERSION} to {RULES_VERSION + 1}",
                "engine embedded to spark",
                (
                    f"program 0.2.0 to 0.1.0, rules {RULES_VERSION + 1} to {RULES_VERSION}, "
                    "dimensions + locale - build_version, engine spark to embedded"
                ),
                "dimensions + build_version - locale, pings /pings to s3://pings",
            ],
        )

    def test_changed_stats(self):
        """A stat that the earlier run did not have yet is named."""
        self.store(NIGHTLY)
        self.connection.execute("UPDATE crash_aggregates_runs SET stats = stats - 'gpu_crashes'")
        self.store(NIGHTLY)
        self.assertEqual(self.changes(), [None, "stats + gpu_crashes"])

    def test_before_and_after(self):
        """Each channel's sums before and after are there, NULL where a run did not have it."""
        self.store(NIGHTLY, Row({"channel": "esr"}, {"content_crashes": 5, "usage_seconds": 3600}))
        self.store(Row({"channel": "esr"}, {"content_crashes": 6, "usage_seconds": 1800}), BETA)
        self.assertEqual(
            self.rows(
                "SELECT previous_run_id, run_id, channel, aggregates_before, aggregates_after, "
                "content_crashes_before, content_crashes_after, usage_hours_before, "
                "usage_hours_after FROM crash_aggregates_restatements ORDER BY channel"
            ),
            [
                (1, 2, "beta", None, 1, None, 0, None, 0.5),
                (1, 2, "esr", 1, 1, 5, 6, 1.0, 0.5),
                (1, 2, "nightly", 1, None, 0, None, 2.0, None),
            ],
        )

    def test_run_before_is_the_last_one(self):
        """Of three runs each is held against the one just before it, of the same day."""
        replace_day(self.connection, day(NIGHTLY, submission_date=date(2016, 3, 15)))
        for _ in range(3):
            self.store(NIGHTLY)
        self.assertEqual(
            self.rows(
                "SELECT run_id, previous_run_id FROM crash_aggregates_restated_runs ORDER BY 1"
            ),
            [(3, 2), (4, 3)],
        )

    def test_not_stored(self):
        """A day without runs is an error that says which days there are."""
        self.store(NIGHTLY)
        with self.assertRaisesRegex(DayNotStoredError, "^2016-03-15 is not stored: there are 1"):
            day_history(self.connection, date(2016, 3, 15))
