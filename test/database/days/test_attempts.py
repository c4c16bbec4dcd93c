from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crash_rate_aggregates.database.days.attempts import begin_attempt, fail_attempt
from crash_rate_aggregates.database.days.recent_days import OpenAttempt, recent_days
from crash_rate_aggregates.database.days.replace_day import replace_day
from test.database.sample_days import NIGHTLY, SUBMISSION_DATE, DatabaseTestCase, day

BEGAN = datetime(2016, 3, 15, 4, tzinfo=UTC)
LATER = BEGAN + timedelta(hours=8)


class AttemptsTest(DatabaseTestCase):
    def setUp(self):
        super().setUp()
        self.connection.execute("TRUNCATE crash_aggregates_open_attempts")

    def begin(self, started_at):
        begin_attempt(self.connection, SUBMISSION_DATE, started_at, "0.1.0")

    def store(self, started_at):
        made = day(NIGHTLY)
        facts = replace(made.facts, started_at=started_at)
        replace_day(self.connection, replace(made, facts=facts))

    def open_attempt(self):
        (found,) = recent_days(self.connection, SUBMISSION_DATE, SUBMISSION_DATE)
        return found.open_attempt

    def test_commit_closes(self):
        """An attempt is open from its beginning to the commit of the day."""
        self.begin(BEGAN)
        self.assertEqual(self.open_attempt(), OpenAttempt(BEGAN, None))
        self.store(BEGAN)
        self.assertIsNone(self.open_attempt())

    def test_failure_is_kept(self):
        """The reason of a failure stays with the attempt, whatever characters it has."""
        self.begin(BEGAN)
        fail_attempt(self.connection, SUBMISSION_DATE, BEGAN, "a\0b\ud800 is damaged")
        self.assertEqual(self.open_attempt(), OpenAttempt(BEGAN, "a\ufffdb\ufffd is damaged"))

    def test_later_attempt_stays_open(self):
        """The commit of an earlier attempt does not close a later one, and it cannot reopen."""
        self.begin(BEGAN)
        self.begin(LATER)
        self.store(BEGAN)
        self.assertEqual(self.open_attempt(), OpenAttempt(LATER, None))
        self.begin(BEGAN)
        fail_attempt(self.connection, SUBMISSION_DATE, BEGAN, "too late")
        self.assertEqual(self.open_attempt(), OpenAttempt(LATER, None))
        self.store(LATER)
        fail_attempt(self.connection, SUBMISSION_DATE, BEGAN, "too late")
        self.assertIsNone(self.open_attempt())

    def test_next_attempt_forgets_the_reason(self):
        """A day that is tried again is no longer failed for the old reason."""
        self.begin(BEGAN)
        fail_attempt(self.connection, SUBMISSION_DATE, BEGAN, "damaged")
        self.begin(LATER)
        self.assertEqual(self.open_attempt(), OpenAttempt(LATER, None))
