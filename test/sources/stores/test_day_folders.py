"""Which folder a day lies in."""

from __future__ import annotations

import os
import unittest
from datetime import date

from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.sources.stores.day_folders import DayPattern

DAY = date(2016, 3, 4)


class DayPatternTest(unittest.TestCase):
    def assert_pattern(self, pattern: str, root: str, folder: str) -> None:
        """Hold which folder must exist and which holds the day."""
        days = DayPattern(pattern)
        self.assertEqual((days.root, days.folder(DAY)), (root, folder))

    def test_folder_without_fields(self) -> None:
        """Without a percent sign a day lies in submission_date=YYYY-MM-DD below the folder."""
        self.assert_pattern("pings", "pings", "pings/submission_date=2016-03-04")
        self.assert_pattern("/a b/", "/a b/", "/a b/submission_date=2016-03-04")
        self.assert_pattern("/", "/", "/submission_date=2016-03-04")
        self.assert_pattern(".", ".", "./submission_date=2016-03-04")

    def test_pattern(self) -> None:
        """With %Y, %m and %d, in any order and repeated, the pattern names the day's folder."""
        self.assert_pattern("/t-2/%Y%m%d/telemetry/4", "/t-2", "/t-2/20160304/telemetry/4")
        self.assert_pattern("x/%d.%m.%Y", "x", "x/04.03.2016")
        self.assert_pattern("x/%Y/%m/%Y-%m-%d/", "x", "x/2016/03/2016-03-04/")
        self.assert_pattern("x/day-%Y%m%d", "x", "x/day-20160304")
        self.assert_pattern("%Y%m%d", ".", "20160304")
        self.assert_pattern("/%Y%m%d", "/", "/20160304")

    def test_percent_sign(self) -> None:
        """%% in a pattern stands for a percent sign."""
        self.assert_pattern("/a/50%%/%Y%m%d", "/a", "/a/50%/20160304")
        self.assert_pattern("/a/%Y%m%d/%%Y%%", "/a", "/a/20160304/%Y%")

    def test_any_bytes(self) -> None:
        """Folders whose names are no UTF-8 can stand in a pattern."""
        name = os.fsdecode(b"/\xff")
        self.assert_pattern(f"{name}/%Y%m%d", name, f"{name}/20160304")

    def test_bad_patterns(self) -> None:
        """A pattern with other fields, a lone percent sign or no year, month or day is bad."""
        for pattern in ("/a/%Y%m", "/a/%Y", "/a/%Y%m%d/%H", "/a/%F", "/a/%y%m%d", "/a/%Y%m%d/50%",
                        "/a/%Y%m%d%", "/a/%", "/a/50%%", "/a/% Y%m%d", "/a/%-d%Y%m", "/a/%\n%Y%m%d",
                        "/a/%%Y%%m%%d"):  # fmt: skip
            with self.assertRaises(BadSettingError, msg=pattern) as caught:
                DayPattern(pattern).folder(DAY)
            self.assertIn(repr(pattern), str(caught.exception))

    def test_days_of_folders(self) -> None:
        """A folder's name tells its day if it is submission_date= and a date."""
        days = DayPattern("x")
        self.assertEqual(days.day_of_folder("submission_date=2016-03-04"), DAY)
        for name in (
            "2016-03-04",
            "submission_date=",
            "submission_date=x",
            "Submission_date=2016-03-04",
        ):
            self.assertIsNone(days.day_of_folder(name))


if __name__ == "__main__":
    unittest.main()
