from __future__ import annotations

from dataclasses import replace
from datetime import date

from crash_rate_aggregates.database.days.recent_days import RecentDay, recent_days, row_sums
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.runs import RecordedDay
from crash_rate_aggregates.ledger import DamagedFile, RowSums
from test.database.sample_days import BETA, NIGHTLY, SUBMISSION_DATE, DatabaseTestCase, day


class RecentDaysTest(DatabaseTestCase):
    def test_stored_and_missing_days(self):
        """Every day of the range comes, with its current run as it was recorded, and its ledger."""
        replace_day(self.connection, day(NIGHTLY))
        damaged = [("b.gz", "cut"), ("a.gz", "cut")]
        made = day(NIGHTLY, BETA, damaged_files=damaged)
        # A description is not stored, it is the program's.
        dimensions = tuple(replace(one, description="") for one in made.facts.dimensions)
        run = replace_day(self.connection, made)
        stored = replace(run, facts=replace(run.facts, dimensions=dimensions))
        recorded = RecordedDay(
            stored, made.ledger, (DamagedFile("a.gz", "cut"), DamagedFile("b.gz", "cut"))
        )
        before = date(2016, 3, 13)
        self.assertEqual(
            recent_days(self.connection, before, SUBMISSION_DATE),
            (RecentDay(before, None, None), RecentDay(SUBMISSION_DATE, recorded, None)),
        )
        self.assertEqual(
            row_sums(self.connection, before, SUBMISSION_DATE), {SUBMISSION_DATE: RowSums(2, 4, 3)}
        )
