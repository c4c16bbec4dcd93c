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

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.job import DaySummary, FailedDay
from crash_rate_aggregates.questions.rates import crash_rates
from test.job.days_in_postgres import filled, made_job, outcomes, rows
from test.servers import fresh_database

_NAME = "CRASH_RATE_AGGREGATES_CASES"
needs_cases = unittest.skipUnless(
    os.environ.get(_NAME), f"{_NAME} does not name the folder of cases"
)
Sums: TypeAlias = Mapping[str, float]
"""By a column's name its sum over the table."""
Rates: TypeAlias = Mapping[str | None, Mapping[str, float | None]]
"""By a group's value the rate of a kind of crashes, with two digits; None where it has none."""


@dataclass(frozen=True, slots=True)
class Right:
    """What a case's day gives."""

    day: date
    outcomes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Pings by doc type and outcome: all that are not 0."""
    sums: Mapping[str | None, Sums] = field(default_factory=dict)
    """By application, None for pings without one, sums that are looked at."""
    rates: Mapping[str, Rates] = field(default_factory=dict)
    """By a dimension its groups, with the rates that are looked at."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further dimensions: name and path."""
    place: str = ""
    """The folder in that of the case which is read."""
    error: str | None = None
    """The slug of the error that ends the day instead."""
    processes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By source the crashes by process; empty where they are not looked at."""


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
        {"application": {"Firefox": {"main": 25.12}, "Firefox for Android": {"main": None}}},
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
        {
            "channel": {
                "release": {
                    "main": 4.5,
                    "content_minus_shutdown": 13.5,
                    "main_and_content_minus_shutdown": 18.0,
                }
            }
        },
    ),
    # Today's Firefox archives no crash ping, so nothing is known of crashes of the main process.
    "07-modern-profile": Right(
        date(2026, 10, 25),
        {("main", "counted"): 1, ("other", "other_doc_type"): 1},
        {"Firefox": {"main_crashes": 0, "content_crashes_not_at_shutdown": 0}},
        {"channel": {"release": {"main": None, "main_and_content_minus_shutdown": None}}},
        place="datareporting/archived",
    ),
    "08-windows-11-and-experiments": Right(
        date(2026, 9, 17),
        {("main", "counted"): 10, ("crash", "counted"): 4},
        {"Firefox": {"main_crashes": 4, "usage_seconds": 800_000}},
        {
            "windows_build": {"19045": {"main": 0.0}, "22631": {"main": 36.0}},
            "branch": {"control": {"main": 0.0}, "treatment": {"main": 36.0}},
            # Crash pings have none: that is no rate of 0.
            "locale_of_system": {"de-DE": {"main": None, "content": 0.0}, None: {"main": None}},
        },
        {
            "windows_build": "environment/system/os/windowsBuildNumber",
            "branch": "environment/experiments/my-exp/branch",
            "locale_of_system": "environment/system/os/locale",
        },
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
        date(2026, 8, 3),
        {("main", "counted"): 12},
        {"Firefox": {"ping_count": 12}},
        {
            "build_version": {
                version: {"content": 0.0}
                for version in ("9.0", "99.0", "100.0", "140.2.0", "140.10.0", "152.0")
            }
        },
    ),
    "13-sent-twice-but-sent-once": Right(
        date(2025, 3, 14),
        {("crash", "counted"): 8},
        {
            "Firefox": {"main_crashes": 4, "main_crashes_sent_twice": 0},
            "Firefox for Android": {"main_crashes": 4, "main_crashes_sent_twice": 0},
        },
    ),
    "22-process-types": Right(
        date(2026, 9, 26),
        {("main", "counted"): 1, ("crash", "counted"): 13},
        {"Firefox": {"main_crashes": 1, "content_crash_pings": 1, "other_process_crash_pings": 11}},
        processes={
            "histogram": {
                "content": 1,
                "gpu": 2,
                "gmplugin": 3,
                "plugin": 4,
                "vr": 5,
                "rdd": 6,
                "socket": 7,
                "utility": 8,
                "forkserver": 9,
                "sandboxbroker": 10,
            },
            "crash ping": dict.fromkeys(
                (
                    *("main", "content", "gpu", "gmplugin", "plugin", "vr", "rdd", "socket"),
                    *("utility", "forkserver", "sandboxbroker", "extension", "webIsolated"),
                ),
                1,
            ),
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
    def test_every_case(self) -> None:
        """Each case gives the pings, by outcome, the sums and the rates that are right."""
        scratch = Path(self.enterContext(TemporaryDirectory()))
        # No two cases have one day, so one database holds them all.
        url = fresh_database(self)
        for name, right in CASES.items():
            extra = (Dimension(name, tuple(path.split("/"))) for name, path in right.extra.items())
            folder = Path(os.environ[_NAME]) / name / right.place
            job = made_job(folder, url, scratch, jobs=1, dimensions=(*DIMENSIONS, *extra))
            with self.subTest(name):
                (summary,) = filled(job, right.day)
                self.assert_right(summary, url, right)

    def assert_right(self, summary: DaySummary | FailedDay, url: str, right: Right) -> None:
        """Hold what is right against the day of a case."""
        if right.error is not None:
            assert isinstance(summary, FailedDay), summary
            self.assertEqual(summary.error.slug, right.error)
            return
        assert isinstance(summary, DaySummary), summary.error
        found = {each: number for each, number in outcomes(summary).items() if number}
        self.assertEqual(found, right.outcomes)
        self.assert_sums(url, right)
        if right.processes:
            self.assert_processes(url, right)
        for by, groups in right.rates.items():
            self.assert_rates(url, right.day, by, groups)

    def assert_sums(self, url: str, right: Right) -> None:
        """Hold the sums of each application."""
        applications = rows(
            url,
            "SELECT DISTINCT dimensions->>'application' FROM crash_aggregates "
            "WHERE submission_date = %s",
            right.day,
        )
        self.assertEqual({name for (name,) in applications}, set(right.sums))
        for application, sums in right.sums.items():
            columns = ", ".join(f"sum({column})::float" for column in sums)
            query = (
                f"SELECT {columns} FROM crash_aggregates WHERE submission_date = %s "
                "AND dimensions->>'application' IS NOT DISTINCT FROM %s"
            )
            (values,) = rows(url, query, right.day, application)
            self.assertEqual(dict(zip(sums, values, strict=True)), sums, application)

    def assert_processes(self, url: str, right: Right) -> None:
        """Hold the crashes of each process by source."""
        found: dict[str, dict[str, int]] = {}
        for source, process, crashes in rows(
            url,
            "SELECT source, process, sum(crashes)::bigint FROM crash_process_counts "
            "WHERE submission_date = %s GROUP BY 1, 2",
            right.day,
        ):
            found.setdefault(source, {})[process] = crashes
        self.assertEqual(found, right.processes)

    def assert_rates(self, url: str, day: date, by: str, groups: Rates) -> None:
        """Hold the rates of each group, in the order in which they are shown."""
        with connect(url) as connection:
            found = crash_rates(connection, [by], day, day, min_usage_hours=0)
        self.assertEqual([one.group[0] for one in found], list(groups), by)
        for one in found:
            for kind, rate in groups[one.group[0]].items():
                seen = one.kinds[kind].per_1000_hours
                self.assertEqual(None if seen is None else round(seen, 2), rate, (one.group, kind))


if __name__ == "__main__":
    unittest.main()
