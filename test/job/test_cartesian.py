from __future__ import annotations

import json
import unittest
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.interface import Engine
from crash_rate_aggregates.job import DaySummary
from test.engines.made_days import lines, with_values, write_day
from test.job.days_in_postgres import filled, made_job, outcomes, rows
from test.servers import fresh_database

SUBMISSION_DATES = (date(2016, 3, 14), date(2016, 3, 15))
CREATION_DATES = ("2016-03-12T23:59:59.999Z", "2016-03-13T00:00:00.000-11:00")
VALUES: dict[str, tuple[Any, Any]] = {
    "build_version": ("45.0", "46.0a1"),
    "build_id": ("20160301000000", "20160302123456"),
    "channel": ("nightly", "aurora"),
    "application": ("Firefox", "Fennec"),
    "os_name": ("Linux", "Windows_NT"),
    "os_version": ("6.1", "10.0"),
    "architecture": ("x86", "x86-64"),
    "country": ("US", "??"),
    "experiment_id": ("", "e10s-beta46@experiments.mozilla.org"),
    "experiment_branch": ("control", "expériment"),
    "e10s_enabled": (True, False),
    "e10s_cohort": ("test", "control"),
}
DOC_TYPES = ("main", "crash")
HISTOGRAMS = {
    "SUBPROCESS_CRASHES_WITH_DUMP": {
        kind: {"values": {"0": 42}, "sum": 42} for kind in ("content", "plugin", "gmplugin", "gpu")
    },
    "SUBPROCESS_KILL_HARD": {"ShutDownKill": {"values": {"0": 42}, "sum": 42}},
}
PAIR = {
    "ping_count": 1,
    "usage_seconds": 84,
    "usage_hours": 2 * 42 / 3600,
    "main_crashes": 1,
    "content_crashes": 84,
    "plugin_crashes": 84,
    "gmplugin_crashes": 84,
    "gpu_crashes": 84,
    "content_shutdown_crashes": 84,
    "content_crash_pings": 0,
    "main_crashes_sent_twice": 0,
}
"""What the columns of a main ping and its twin hold."""
COLUMNS = f"SELECT submission_date, activity_date, dimensions, {', '.join(PAIR)} "


def pings(submission_date: date) -> Iterator[dict[str, Any]]:
    """Make every combination for one submission date."""
    for created, doc_type, *values in product(CREATION_DATES, DOC_TYPES, *VALUES.values()):
        ping = {
            "type": doc_type,
            "creationDate": created,
            "payload": {"info": {"subsessionLength": 42}, "keyedHistograms": HISTOGRAMS},
            "meta": {"submissionDate": submission_date.strftime("%Y%m%d"), "docType": doc_type},
        }
        paths = ("/".join(dimension.path) for dimension in DIMENSIONS)
        yield with_values(ping, dict(zip(paths, values, strict=True)))


def expected_rows() -> set[tuple[Any, ...]]:
    """Make the aggregates: one for each combination but the doc type's."""
    texts = [
        tuple(str(value).lower() if isinstance(value, bool) else value for value in pair)
        for pair in VALUES.values()
    ]
    return {
        (
            submitted,
            date.fromisoformat(created[:10]),
            json.dumps(dict(zip(VALUES, values, strict=True)), sort_keys=True),
            *PAIR.values(),
        )
        for submitted, created, *values in product(SUBMISSION_DATES, CREATION_DATES, *texts)
    }


class CartesianTest(unittest.TestCase):
    def engine(self) -> Engine | None:
        """Return the engine under test; None is the embedded one."""
        return None

    def test_each_pair_gives_one_aggregate(self) -> None:
        """All 2^15 combinations of 15 fields give 2^14 aggregates: a main ping and a crash each."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        for day in SUBMISSION_DATES:
            made = list(pings(day))
            files = {f"{n}.gz": lines(made[n::3]) for n in range(3)}
            write_day(folder / "pings", files, day)
        url = fresh_database(self)
        job = made_job(folder / "pings", url, folder / "scratch", engine=self.engine())
        for summary in filled(job, *SUBMISSION_DATES):
            self.assertEqual(
                outcomes(summary), {("main", "counted"): 1 << 13, ("crash", "counted"): 1 << 13}
            )
            assert isinstance(summary, DaySummary)
            self.assertEqual((summary.run.aggregates, summary.run.facts.files_read), (1 << 13, 3))
        stored = [
            (submitted, active, json.dumps(dimensions, sort_keys=True), *stats)
            for submitted, active, dimensions, *stats in rows(
                url, f"{COLUMNS} FROM crash_aggregates"
            )
        ]
        self.assertEqual(len(stored), 1 << 14)
        self.assertEqual(set(stored), expected_rows())


if __name__ == "__main__":
    unittest.main()
