from __future__ import annotations

import subprocess
import sys
import unittest
from datetime import date

from crash_rate_aggregates.errors import BadDateError, DateRangeError
from crash_rate_aggregates.submission_dates import submission_date, submission_dates

DAY = date(2016, 3, 14)
LEAP = [date(2016, 2, 28), date(2016, 2, 29), date(2016, 3, 1)]


class SubmissionDatesTest(unittest.TestCase):
    TODAY = date(2016, 3, 16)

    def test_bounds(self) -> None:
        """A range includes both bounds; one that is not given is yesterday."""
        yesterday = date(2016, 3, 15)
        self.assertEqual(submission_dates(None, None, today=self.TODAY), [yesterday])
        self.assertEqual(submission_dates(DAY, None, today=self.TODAY), [DAY, yesterday])
        self.assertEqual(submission_dates(DAY, DAY, today=self.TODAY), [DAY])
        self.assertEqual(
            submission_dates(None, date(2016, 3, 17), today=self.TODAY),
            [yesterday, self.TODAY, date(2016, 3, 17)],
        )
        leap = submission_dates(date(2016, 2, 28), date(2016, 3, 1), today=self.TODAY)
        self.assertEqual(leap, LEAP)

    def test_upside_down(self) -> None:
        """A range that ends before it begins is an error with both dates."""
        with self.assertRaisesRegex(DateRangeError, "2016-03-13 before it begins on 2016-03-14"):
            submission_dates(DAY, date(2016, 3, 13), today=self.TODAY)

    def test_formats(self) -> None:
        """A submission date is YYYYMMDD or YYYY-MM-DD from 2000 to 2199, and nothing else."""
        self.assertEqual(submission_date("20160314"), DAY)
        self.assertEqual(submission_date("2016-03-14"), DAY)
        self.assertEqual(submission_date("20000101"), date(2000, 1, 1))
        self.assertEqual(submission_date("2199-12-31"), date(2199, 12, 31))
        for text in ("", "14.3.2016", "2016-3-14", "20160230", "1999-12-31", "22000101", "today"):
            with self.subTest(text=text), self.assertRaisesRegex(BadDateError, "write 2016-03-14"):
                submission_date(text)

    def test_typing_a_date_loads_no_driver(self) -> None:
        """A command line with a mistyped date ends before any driver or engine is loaded."""
        program = (
            "import sys; from crash_rate_aggregates.cli import main; "
            "code = main(['run', '--submission-date', '20163414', '--pings', 'x']); "
            "print(code, *{name.partition('.')[0] for name in sys.modules})"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        code, *loaded = done.stdout.split()
        self.assertEqual(code, "2")
        self.assertIn("'20163414' is no submission date", done.stderr)
        drivers = {"psycopg", "pyarrow", "duckdb", "obstore", "msgspec", "numpy"}
        self.assertEqual(drivers & set(loaded), set())


if __name__ == "__main__":
    unittest.main()
