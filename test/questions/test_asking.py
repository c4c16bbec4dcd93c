from __future__ import annotations

import unittest
from datetime import date
from typing import Any

from crash_rate_aggregates.errors import DateRangeError, UsageError
from crash_rate_aggregates.questions.asking import CHANNELS, usual_values
from crash_rate_aggregates.questions.catalog import PARAMETERS, found


class AskingTest(unittest.TestCase):
    def test_usual_values(self):
        """Without values it is about Firefox on all channels in the 28 days up to yesterday."""
        today = date(2016, 3, 29)
        usual = usual_values(
            found("freshness"),
            first_date=None,
            last_date=None,
            application=None,
            channels=(),
            today=today,
        )
        self.assertEqual(
            list(usual.values()),
            [date(2016, 3, 1), date(2016, 3, 28), "Firefox", list(CHANNELS), "release"],
        )
        self.assertEqual(sorted(usual), sorted(PARAMETERS))
        given = usual_values(
            found("completeness"),
            first_date=today,
            last_date=today,
            application="Fennec",
            channels=("beta", "x"),
            today=today,
        )
        self.assertEqual(list(given.values()), [today, today, "Fennec", ["beta", "x"], "beta"])

    def test_refused_values(self):
        """A range that ends before it begins is refused, and two channels where one is asked."""
        today = date(2016, 3, 29)
        usual: Any = {"first_date": None, "last_date": None, "application": None, "today": today}
        with self.assertRaisesRegex(UsageError, "is about one channel, not 2: ask it for each"):
            usual_values(found("crash_rates_by_build"), **usual, channels=("beta", "esr"))
        with self.assertRaisesRegex(DateRangeError, "ends on 2016-03-28 before it begins on"):
            usual_values(found("pings_a_day"), **{**usual, "first_date": today}, channels=())
