"""Intervals of rates by what crashed: it varies as the channel's main and content crashes do."""

from __future__ import annotations

import unittest
from datetime import timedelta

from crash_rate_aggregates.questions.process_rates import ProcessRate, process_rates
from crash_rate_aggregates.rows import BY_PROCESS
from test.database.sample_days import Row
from test.questions.stored_days import HOURS, QuestionsTestCase
from test.questions.test_process_rates import ACTIVE_DATE, DAY, crashed

LIMITS = ("per_1000_hours", "lower_limit", "upper_limit")


def limits(one: ProcessRate) -> tuple[float | None, ...]:
    """Return a rate and its limits."""
    return one.rate.per_1000_hours, one.rate.lower, one.rate.upper


class ProcessIntervalsTest(QuestionsTestCase):
    def test_varies_as_main_and_content(self) -> None:
        """A process varies as M+C-S of its channel do, each day by its share of the crashes."""
        both = "main_and_content_minus_shutdown"
        self.vary(
            DAY,
            {"kind": both, "burst_factor": 5.0, "day_sd": 0.3},
            {"kind": "main", "burst_factor": 9.0, "day_sd": 0.9},
        )
        for number in range(8):
            one = DAY + timedelta(number)
            crashes = 0 if number % 2 else 100
            stats = {"usage_seconds": HOURS, "other_process_crash_pings": crashes}
            rows = [crashed("gpu", crashes, activity_date=one)] if crashes else []
            self.fill(one, Row({"channel": "nightly"}, stats, one), tables={BY_PROCESS: rows})
        (gpu,) = process_rates(self.connection, ["process"])
        self.assertEqual((gpu.rate.crashes, gpu.rate.burst_factor), (400, 5.0))
        # Four days of a quarter each.
        self.assertAlmostEqual(gpu.rate.log_sd or 0, 0.3 / 2)
        self.assert_interval(limits(gpu), 400, 8000, 5.0, 0.15)
        (asked,) = self.ask("crash_rates_by_process")
        self.assert_interval([asked[name] for name in LIMITS], 400, 8000, 5.0, 0.15)

    def test_no_crashes(self) -> None:
        """Without a crash the upper limit counts days by their hours."""
        for number in range(4):
            one = DAY + timedelta(number)
            stats = {"usage_seconds": HOURS, "other_process_crash_pings": 1}
            kill = crashed("content", 1, crash_class="shutdown kill", activity_date=one)
            self.fill(one, Row({"channel": "nightly"}, stats, one), tables={BY_PROCESS: [kill]})
        (none,) = process_rates(self.connection, ["process"])
        self.assert_interval(limits(none), 0, 4000, 3.0, 0.05)
        (asked,) = self.ask("crash_rates_by_process")
        self.assert_interval([asked[name] for name in LIMITS], 0, 4000, 3.0, 0.05)

    def test_activity_dates(self) -> None:
        """By activity date a date whose own submission date is not stored has no rate."""
        note = "its submission date is not stored"
        stats = {"usage_seconds": HOURS, "other_process_crash_pings": 5}
        row = Row({"channel": "nightly"}, stats, ACTIVE_DATE)
        self.fill(
            DAY,
            row,
            Row({"channel": "nightly"}, {"usage_seconds": HOURS}, DAY),
            tables={BY_PROCESS: [crashed("gpu", 1), crashed("gpu", 4, activity_date=DAY)]},
        )
        found = {
            one.group: (one.rate.crashes, one.rate.per_1000_hours, one.rate.note)
            for one in process_rates(self.connection, ["activity_date", "process"])
        }
        self.assertEqual(
            found,
            {(str(ACTIVE_DATE), "gpu"): (1, None, note), (str(DAY), "gpu"): (4, 4.0, None)},
        )


if __name__ == "__main__":
    unittest.main()
