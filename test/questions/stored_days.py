"""Days to ask the questions about, in a database of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.questions.asking import ask_question
from crash_rate_aggregates.questions.catalog import questions
from test.database.sample_days import DatabaseTestCase, day

HOURS = 3_600_000
"""Usage seconds of 1,000 hours."""


class QuestionsTestCase(DatabaseTestCase):
    def store(self, submission_date, *rows, **kwargs):
        """Store a day of Firefox, where a row names no other application."""
        named = [
            replace(row, dimensions={"application": "Firefox"} | row.dimensions) for row in rows
        ]
        ensure_partition(self.connection, submission_date)
        return replace_day(self.connection, day(*named, submission_date=submission_date, **kwargs))

    def ask(self, name, **values):
        """Return the answer as mappings."""
        given = {
            "first_date": date(2016, 1, 1),
            "last_date": date(2016, 12, 31),
            "application": "Firefox",
            "channels": ["nightly", "beta"],
            "channel": "nightly",
            **values,
        }
        answer = ask_question(self.connection, questions()[name], given)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
