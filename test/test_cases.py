"""Small inputs from what today's clients and tables send, each with what is right.

The folder of cases, whose README says what each holds, is not a part of this project.
"""

from __future__ import annotations

import os
import unittest
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from crash_rate_aggregates.job import DaySummary, FailedDay
from test.job.days_in_postgres import filled, made_job, outcomes, rows
from test.servers import fresh_database

_NAME = "CRASH_RATE_AGGREGATES_CASES"
needs_cases = unittest.skipUnless(
    os.environ.get(_NAME), f"{_NAME} does not name the folder of cases"
)
Sums: TypeAlias = Mapping[str, float]
"""By a column's name its sum over the table."""


@dataclass(frozen=True, slots=True)
class Right:
    """What a case's day gives."""

    day: date
    outcomes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Pings by doc type and outcome: all that are not 0."""
    sums: Mapping[str | None, Sums] = field(default_factory=dict)
    """By application, None for pings without one, sums that are looked at."""
    error: str | None = None
    """The slug of the error that ends the day instead."""


CASES: Mapping[str, Right] = {
    "01-v4-and-glean-of-one-crash": Right(
        date(2024, 9, 1),
        {("main", "counted"): 1, ("crash", "counted"): 2, ("crash", "duplicate"): 2},
        {"Firefox": {"main_crashes": 1, "content_crash_pings": 1}},
    ),
    "02-glean-before-app-build": Right(
        date(2024, 3, 14),
        {("main", "counted"): 1, ("crash", "counted"): 1},
        {"Firefox": {"main_crashes": 1, "main_crashes_sent_twice": 0, "usage_hours": 1.0}},
    ),
    "04-glean-apps": Right(
        date(2026, 9, 14),
        {("crash", "counted"): 10},
        {
            "Firefox": {"main_crashes": 2},
            "Firefox for Android": {"main_crashes": 3},
            "Focus": {"main_crashes": 1},
            "Klar": {"main_crashes": 1},
            "Thunderbird": {"main_crashes": 1},
            "Thunderbird for Android": {"main_crashes": 1},
            "Firefox Enterprise": {"main_crashes": 1},
        },
    ),
    "05-firefox-crashes-view": Right(
        date(2026, 9, 15),
        {("main", "counted"): 5, ("crash", "counted"): 5},
        {
            "Firefox": {"main_crashes": 3, "usage_seconds": 430_000},
            "Firefox for Android": {"main_crashes": 2, "usage_seconds": 0},
        },
    ),
    "06-shutdown-kills-on-release": Right(
        date(2026, 9, 16),
        {("main", "counted"): 10, ("crash", "counted"): 4},
        {
            "Firefox": {
                "main_crashes": 1,
                "content_crashes": 3,
                "content_shutdown_crashes": 20,
                "content_crashes_not_at_shutdown": 3,
                "usage_seconds": 800_000,
            }
        },
    ),
    "08-windows-11-and-experiments": Right(
        date(2026, 9, 17),
        {("main", "counted"): 10, ("crash", "counted"): 4},
        {"Firefox": {"main_crashes": 4, "usage_seconds": 800_000}},
    ),
    "09-first-shutdown-table": Right(
        date(2024, 9, 10),
        {("main", "counted"): 1, ("other", "other_doc_type"): 2},
        {"Firefox": {"ping_count": 1, "usage_hours": 1.0}},
    ),
    "10-automation": Right(
        date(2024, 9, 11),
        {("main", "counted"): 1, ("main", "automation"): 2},
        {"Firefox": {"ping_count": 1, "usage_hours": 1.0}},
    ),
    "12-version-order": Right(
        date(2026, 8, 3), {("main", "counted"): 12}, {"Firefox": {"ping_count": 12}}
    ),
    "13-sent-twice-but-sent-once": Right(
        date(2025, 3, 14),
        {("crash", "counted"): 8},
        {
            "Firefox": {"main_crashes": 4, "main_crashes_sent_twice": 0},
            "Firefox for Android": {"main_crashes": 4, "main_crashes_sent_twice": 0},
        },
    ),
    "23-crash-ping-without-environment": Right(
        date(2024, 9, 13),
        {("main", "counted"): 1, ("crash", "counted"): 1},
        {"Firefox": {"main_crashes": 1, "usage_hours": 1.0}},
    ),
    "16-bq-array": Right(
        date(2024, 9, 22),
        {("main", "counted"): 4},
        {"Firefox": {"ping_count": 4, "usage_hours": 4.0}},
    ),
    "17-glean-pending": Right(
        date(2026, 9, 23),
        {("crash", "counted"): 1},
        {"Firefox": {"main_crashes": 1, "content_crash_pings": 0}},
    ),
    # Its Avro has a magic number and chance behind it, so it cannot be read: the day must say so.
    "21-main-json-crash-avro": Right(date(2024, 9, 23), error="damaged-file"),
}
"""By folder. A new case is one more entry."""


@needs_cases
class CasesTest(unittest.TestCase):
    def setUp(self) -> None:
        self.scratch = Path(self.enterContext(TemporaryDirectory()))

    def test_every_case(self) -> None:
        """Each case gives the pings, by outcome, and the sums, by application, that are right."""
        for name, right in CASES.items():
            with self.subTest(name):
                self.assert_right(Path(os.environ[_NAME]) / name, right)

    def assert_right(self, folder: Path, right: Right) -> None:
        """Run the day of a case and hold what is right against it."""
        url = fresh_database(self)
        (summary,) = filled(made_job(folder, url, self.scratch), right.day)
        if right.error is not None:
            assert isinstance(summary, FailedDay), summary
            self.assertEqual(summary.error.slug, right.error)
            return
        assert isinstance(summary, DaySummary), summary.error
        found = {each: number for each, number in outcomes(summary).items() if number}
        self.assertEqual(found, right.outcomes)
        applications = rows(url, "SELECT DISTINCT dimensions->>'application' FROM crash_aggregates")
        self.assertEqual({name for (name,) in applications}, set(right.sums))
        for application, sums in right.sums.items():
            columns = ", ".join(f"sum({column})::float" for column in sums)
            query = (
                f"SELECT {columns} FROM crash_aggregates "
                "WHERE dimensions->>'application' IS NOT DISTINCT FROM %s"
            )
            (values,) = rows(url, query, application)
            self.assertEqual(dict(zip(sums, values, strict=True)), sums, application)


if __name__ == "__main__":
    unittest.main()
