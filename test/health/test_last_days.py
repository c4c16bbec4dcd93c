from __future__ import annotations

import unittest
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.recent_days import OpenAttempt, recent_days
from crash_rate_aggregates.health.check import Fault
from crash_rate_aggregates.health.last_days import check_days, days_to_heal
from crash_rate_aggregates.job import FailedDay, Job, run_day
from test.engines.made_days import crash_ping, day_folder, lines, main_ping, write_day
from test.job.days_in_postgres import filled, made_job, rows
from test.servers import fresh_database

LAST = date(2016, 3, 14)
NOON = datetime(2016, 3, 15, 12, tzinfo=UTC)


def ago(days: int) -> date:
    """Return the date so many days before the last one."""
    return LAST - timedelta(days=days)


class HealingTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.url = fresh_database(self)

    def job(self) -> Job:
        """Make a job with one worker."""
        return made_job(self.folder / "pings", self.url, self.folder / "scratch", jobs=1)

    def write(self, *days: date, mains: int = 2) -> None:
        """Write some pings for each day."""
        for day in days:
            date_of = {"payload/info/subsessionStartDate": day.isoformat()}
            crash = crash_ping(**{"payload/crashDate": day.isoformat()})
            write_day(
                self.folder / "pings",
                {"1.gz": lines([main_ping(**date_of)] * mains + [crash])},
                day,
            )

    def due(self, now: datetime = NOON) -> list[date]:
        """Return what a scheduled run fills."""
        return days_to_heal(self.url, 7, now=now)

    def test_missed_days_heal(self) -> None:
        """Days that were missed are due until a run fills them; a day without pings stays due."""
        days = [ago(number) for number in (6, 5, 4, 3, 2, 1, 0)]
        self.write(*days)
        (day_folder(self.folder / "pings", days[2]) / "1.gz").unlink()
        self.assertEqual(self.due(), days)
        results = filled(self.job(), *days)
        failed = [one.submission_date for one in results if isinstance(one, FailedDay)]
        self.assertEqual(failed, [days[2]])
        self.assertEqual(self.due(), [days[2]])
        self.write(days[2])
        filled(self.job(), days[2])
        self.assertEqual(self.due(), [])

    def test_failed_restatement_is_due(self) -> None:
        """A stored day whose later run failed is due again, though its rows are there."""
        self.write(ago(3))
        filled(self.job(), ago(3))
        stored = rows(self.url)
        (day_folder(self.folder / "pings", ago(3)) / "1.gz").write_bytes(b"\x1f\x8b\x08")
        (failed,) = filled(self.job(), ago(3))
        assert isinstance(failed, FailedDay)
        with connect(self.url) as connection:
            (day,) = recent_days(connection, ago(3), ago(3))
        assert isinstance(day.open_attempt, OpenAttempt)
        self.assertEqual(day.open_attempt.error, f"{failed.error} [damaged-file]")
        self.assertEqual(rows(self.url), stored)
        self.assertIn(ago(3), self.due())
        checked = check_days(self.url, ago(3), 1)
        self.assertEqual([finding.fault for finding in checked[0].findings], [Fault.FAILED])
        self.write(ago(3))
        filled(self.job(), ago(3))
        self.assertNotIn(ago(3), self.due())
        self.assertEqual(check_days(self.url, ago(3), 1)[0].findings, ())

    def test_check_of_stored_days(self) -> None:
        """Each day of the range is judged: whole, early, tampered with, missing."""
        days = [ago(3), ago(2), ago(1)]
        self.write(*days)
        filled(self.job(), *days)
        run_day(self.job(), ago(2), now=lambda: datetime(2016, 3, 12, 23, tzinfo=UTC))
        with connect(self.url) as connection:
            connection.execute(
                "DELETE FROM crash_aggregates WHERE submission_date = %s AND main_crashes > 0",
                [ago(1)],
            )
        checked = check_days(self.url, LAST, 4)
        self.assertEqual([day.submission_date for day in checked], [*days, LAST])
        faults = [[finding.fault for finding in day.findings] for day in checked]
        self.assertEqual(faults[0], [])
        self.assertEqual(faults[1], [Fault.EARLY])
        self.assertEqual(set(faults[2]), {Fault.UNBALANCED})
        self.assertEqual(faults[3], [Fault.MISSING])
        self.assertEqual((checked[0].main_pings, checked[0].crash_pings), (2, 1))


if __name__ == "__main__":
    unittest.main()
