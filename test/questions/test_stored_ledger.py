from __future__ import annotations

from datetime import date

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.errors import DayNotStoredError
from crash_rate_aggregates.ledger import DamagedFile, LedgerLine
from crash_rate_aggregates.questions.stored_ledger import stored_ledger
from test.database.sample_days import BETA, NIGHTLY, SUBMISSION_DATE, DatabaseTestCase, day


class StoredLedgerTest(DatabaseTestCase):
    def test_ledger(self):
        """The ledger of a day is that of its last run; without a date it is the latest day's."""
        lines = (
            *day(BETA).ledger.lines,
            LedgerLine("main", "outcome", "duplicate", 2),
            LedgerLine("unknown", "outcome", "unreadable", 1),
        )
        replace_day(self.connection, day(NIGHTLY))
        last = replace_day(self.connection, day(BETA, ledger=lines, damaged_files=[("f", "cut")]))
        earlier = day(NIGHTLY, submission_date=date(2016, 3, 13))
        replace_day(self.connection, earlier)
        for asked in (None, SUBMISSION_DATE):
            stored = stored_ledger(self.connection, asked)
            self.assertEqual(stored.run.run_id, last.run_id)
            self.assertEqual(stored.run.submission_date, SUBMISSION_DATE)
            self.assertEqual(stored.run.aggregates, 1)
            self.assertEqual(stored.run.facts.pings_read, 6)
            self.assertEqual(
                [(one.name, one.path) for one in stored.run.facts.dimensions],
                [(one.name, one.path) for one in DIMENSIONS],
            )
            self.assertEqual(stored.ledger.lines, lines)
            self.assertEqual(stored.damaged, (DamagedFile("f", "cut"),))
        self.assertEqual(stored_ledger(self.connection, date(2016, 3, 13)).ledger, earlier.ledger)

    def test_not_stored(self):
        """A day that is not stored is an error that says which are."""
        with self.assertRaisesRegex(DayNotStoredError, "^no day is stored yet: fill one with"):
            stored_ledger(self.connection)
        replace_day(self.connection, day(NIGHTLY))
        with self.assertRaises(DayNotStoredError) as caught:
            stored_ledger(self.connection, date(2016, 3, 15))
        self.assertEqual(
            str(caught.exception),
            "2016-03-15 is not stored: there are 1 days from 2016-03-14 to 2016-03-14; fill it "
            "with `run --submission-date 2016-03-15`",
        )
