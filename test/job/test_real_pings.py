from __future__ import annotations

import os
import shutil
import unittest
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from crash_rate_aggregates.engines.interface import Engine
from crash_rate_aggregates.job import DaySummary
from test.engines.made_days import day_folder
from test.job.days_in_postgres import filled, made_job, rows
from test.servers import fresh_database

REAL_PINGS = os.environ.get("CRASH_RATE_AGGREGATES_REAL_PINGS")
SUBMISSION_DATE = date(2017, 9, 9)


@unittest.skipUnless(REAL_PINGS, "CRASH_RATE_AGGREGATES_REAL_PINGS names no folder")
class RealPingsTest(unittest.TestCase):
    def engine(self) -> Engine | None:
        """Return the engine under test; None is the embedded one."""
        return None

    def test_real_main_pings_end_to_end(self) -> None:
        """The 100 real main pings of 2017-09-09 are all counted, with their known sums."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        source = Path(REAL_PINGS or "") / "derived" / "main_pings_from_main_summary_100.ndjson"
        shutil.copy(source, day_folder(folder / "pings", SUBMISSION_DATE))
        url = fresh_database(self)
        job = made_job(folder / "pings", url, folder / "scratch", engine=self.engine())
        (summary,) = filled(job, SUBMISSION_DATE)
        assert isinstance(summary, DaySummary)
        self.assertEqual(
            [(line.doc_type, line.kind, line.name, line.pings) for line in summary.ledger.lines],
            [
                ("main", "adjustment", "activity_date_too_early", 1),
                ("main", "adjustment", "activity_date_too_late", 3),
                ("main", "outcome", "counted", 100),
            ],
        )
        sums = (
            "sum(ping_count), sum(usage_seconds), round(sum(usage_hours)::numeric, 3)::text, "
            "sum(main_crashes), sum(content_crashes), sum(content_shutdown_crashes)"
        )
        self.assertEqual(
            rows(url, f"SELECT {sums} FROM crash_aggregates"),
            [(100, 779_501, "216.528", 0, 7, 7)],
        )


if __name__ == "__main__":
    unittest.main()
