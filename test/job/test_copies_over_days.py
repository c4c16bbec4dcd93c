"""Copies are known within a submission date: what came in on two of them counts on both."""

from __future__ import annotations

import unittest
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crash_rate_aggregates.engines.interface import Engine
from test.engines.made_days import DAY, crash_ping, lines, write_day
from test.job.days_in_postgres import filled, made_job, outcomes, rows
from test.servers import fresh_database
from test.sources.mirrors.glean import glean_ping

NEXT_DAY = date(2016, 3, 15)
HASH = "a" * 64
UUID = "0a1b2c3d-0000-4000-8000-00000000000%x"
SUMS = (
    "SELECT submission_date, activity_date, sum(main_crashes)::int "
    "FROM crash_aggregates GROUP BY 1, 2 ORDER BY 1, 2"
)


def v4_crash(submitted: date, number: int) -> dict[str, Any]:
    """Make a crash ping of March 14 with a minidump and an id of its own."""
    values = {
        "meta/submissionDate": submitted.strftime("%Y%m%d"),
        "meta/documentId": UUID % number,
        "payload/minidumpSha256Hash": HASH,
    }
    return crash_ping(**values)


def glean_crash(submitted: date, number: int) -> dict[str, Any]:
    """Make the Glean ping of the same crash, with another id."""
    return glean_ping(v4_crash(submitted, number), HASH)


class CopiesOverDaysTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.url = fresh_database(self)

    def engine(self) -> Engine | None:
        """Return the engine under test; None is the embedded one."""
        return None

    def outcomes(self, pings: dict[date, list[dict[str, Any]]]) -> list[dict[str, int]]:
        """Fill the days and return how many crash pings came to which outcome on each."""
        for day, of_day in pings.items():
            write_day(self.folder / "pings", {"1": lines(of_day)}, day)
        job = made_job(
            self.folder / "pings", self.url, self.folder / "scratch", jobs=1, engine=self.engine()
        )
        return [
            {name: number for (_, name), number in outcomes(summary).items()}
            for summary in filled(job, *pings)
        ]

    def test_two_pings_on_one_day(self) -> None:
        """A crash whose two pings, of one minidump, come in on one date counts once."""
        pings = {DAY: [v4_crash(DAY, 1), glean_crash(DAY, 2)]}
        self.assertEqual(self.outcomes(pings), [{"counted": 1, "duplicate": 1}])
        self.assertEqual(rows(self.url, SUMS), [(DAY, DAY, 1)])

    def test_two_pings_on_two_days(self) -> None:
        """A crash whose two pings come in on two dates counts on both, whichever came first."""
        for first, second in ((v4_crash, glean_crash), (glean_crash, v4_crash)):
            pings = {DAY: [first(DAY, 1)], NEXT_DAY: [second(NEXT_DAY, 2)]}
            with self.subTest(first=first.__name__):
                self.assertEqual(self.outcomes(pings), [{"counted": 1}, {"counted": 1}])
                self.assertEqual(rows(self.url, SUMS), [(DAY, DAY, 1), (NEXT_DAY, DAY, 1)])

    def test_one_ping_on_two_days(self) -> None:
        """A ping that comes in again on the next date, with its id, counts on both likewise."""
        pings = {DAY: [v4_crash(DAY, 1)] * 2, NEXT_DAY: [v4_crash(NEXT_DAY, 1)]}
        counted = {"counted": 1}
        self.assertEqual(self.outcomes(pings), [{**counted, "duplicate": 1}, counted])
        self.assertEqual(rows(self.url, SUMS), [(DAY, DAY, 1), (NEXT_DAY, DAY, 1)])


if __name__ == "__main__":
    unittest.main()
