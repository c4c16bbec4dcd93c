from __future__ import annotations

import unittest
from datetime import date

from crash_rate_aggregates.database.schema.vacuum import Untidied


class UntidiedTest(unittest.TestCase):
    def test_small_days_wait(self) -> None:
        """Small days wait until they have 50,000 rows; then one day of each month is given once."""
        untidied = Untidied()
        for day, rows in ((date(2026, 10, 31), 20_000), (date(2026, 11, 1), 29_999)):
            untidied.add(day, rows)
            self.assertEqual(untidied.take(at_once=False), ())
        untidied.add(date(2026, 11, 2), 1)
        self.assertEqual(untidied.take(at_once=False), (date(2026, 10, 31), date(2026, 11, 2)))
        self.assertEqual(untidied.take(at_once=True), ())

    def test_large_day(self) -> None:
        """A day with 50,000 rows waits for none."""
        untidied = Untidied()
        untidied.add(date(2026, 11, 2), 50_000)
        self.assertEqual(untidied.take(at_once=False), (date(2026, 11, 2),))

    def test_at_once(self) -> None:
        """The last of some days takes along those that wait, however few rows they have."""
        untidied = Untidied()
        untidied.add(date(2026, 11, 2), 1)
        self.assertEqual(untidied.take(at_once=True), (date(2026, 11, 2),))


if __name__ == "__main__":
    unittest.main()
