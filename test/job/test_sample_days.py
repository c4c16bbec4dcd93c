"""A day of sample pings as Firefox sends them today, from files to the table."""

from __future__ import annotations

import gzip
import unittest
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.job import DaySummary
from crash_rate_aggregates.outcomes import USAGE_DOC_TYPES, Outcome
from crash_rate_aggregates.sample_pings.world_2026.world_of_2026 import World2026
from crash_rate_aggregates.sample_pings.writer import write_sample_pings
from test.job.days_in_postgres import filled, made_job, outcomes, rows
from test.servers import fresh_database

DAY = date(2026, 11, 25)
TOTALS = "SELECT sum(ping_count), sum(main_crashes), sum(usage_seconds) FROM crash_aggregates"


def is_object(line: bytes) -> bool:
    """Tell whether a line is one JSON object."""
    try:
        return isinstance(decode_json(line), dict)
    except ValueError:
        return False


class SampleDaysTest(unittest.TestCase):
    def test_today(self) -> None:
        """Each ping of a day of 2026 is in the ledger once; unreadable are those that were cut."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        world = World2026(6_000, seed=1)
        written = write_sample_pings(
            folder / "pings", min_submission_date=DAY, max_submission_date=DAY, world=world
        )
        lines = [
            line
            for file in sorted((folder / "pings").rglob("*.gz"))
            for line in gzip.decompress(file.read_bytes()).splitlines()
        ]
        url = fresh_database(self)
        (summary,) = filled(made_job(folder / "pings", url, folder / "scratch"), DAY)
        assert isinstance(summary, DaySummary), summary.error
        found = outcomes(summary)
        self.assertEqual((written.pings, sum(found.values())), (len(lines), len(lines)))
        cut = sum(not is_object(line) for line in lines)
        self.assertGreater(cut, 0)
        unreadable = [number for (_, name), number in found.items() if name == Outcome.UNREADABLE]
        self.assertEqual(sum(unreadable), cut)
        ((pings, crashes, seconds),) = rows(url, TOTALS)
        usage = [found[doc_type.value, Outcome.COUNTED] for doc_type in USAGE_DOC_TYPES]
        self.assertEqual(pings, sum(usage))
        self.assertGreater(min(usage), 100)
        self.assertGreater(crashes, 5)
        # Two hours a session, and a little over a fifth of an hour on phones once they count.
        self.assertTrue(1.2 < seconds / 3600 / pings < 2.6, seconds / 3600 / pings)


if __name__ == "__main__":
    unittest.main()
