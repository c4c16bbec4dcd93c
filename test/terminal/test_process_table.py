from __future__ import annotations

import unittest
from dataclasses import replace

from crash_rate_aggregates.outcomes import CrashSource
from crash_rate_aggregates.questions.hours import ACTIVE_HOURS
from crash_rate_aggregates.questions.process_rates import ProcessRate
from crash_rate_aggregates.questions.rates import CrashRate
from crash_rate_aggregates.terminal.process_table import ProcessTable
from test.terminal.printed import printed

RATE = CrashRate(1234, 12.345, 10.1, 14.9, 3.0, 0.1)


class ProcessTableTest(unittest.TestCase):
    gpu = ProcessRate(("nightly", "gpu"), 9, 100_000.0, 100.0, RATE)

    def without_rate(self, crashes: int | None, note: str, *group: str | None) -> ProcessRate:
        """Return a group that has no rate."""
        rate = CrashRate(crashes, None, None, None, None, None, note)
        return replace(self.gpu, group=group, rate=rate)

    def lines(self, *rates: ProcessRate, width: int = 80) -> list[str]:
        """Return what is printed of them."""
        return printed(ProcessTable(("channel", "process"), rates, CrashSource.CRASH_PING), width)

    def test_row(self) -> None:
        """Crashes, rate, interval and hours stand side by side on 80 columns."""
        lines = self.lines(self.gpu)
        self.assertEqual(
            lines[0], "Crashes of crash pings, without kills at shutdown, per 1,000 usage hours"
        )
        self.assertRegex(
            lines[2], r"^ +channel +process +crashes +rate +95% interval +usage hours$"
        )
        self.assertEqual(
            lines[4].split(),
            ["nightly", "gpu", "1,234", "12.35", "10.10", "…", "14.90", "100,000"],
        )

    def test_notes(self) -> None:
        """What has no rate is told below with the reason, and few hours are counted."""
        lines = self.lines(
            self.gpu,
            self.without_rate(1, "no usage hours", "a", "gpu"),
            self.without_rate(7, "no usage hours", "b", "main"),
            self.without_rate(2, "few usage hours", "c", "gpu"),
            self.without_rate(None, "no crash pings", "d", None),
        )
        self.assertEqual(
            lines[-3:],
            [
                "1 more with fewer than 100 usage hours",
                "no usage hours: b main, a gpu",
                "no crash pings: d -",
            ],
        )

    def test_active_hours(self) -> None:
        """The hours have their name, and what is left out is told."""
        table = ProcessTable(
            ("channel", "process"), [self.gpu], CrashSource.HISTOGRAM, ACTIVE_HOURS, ["Fen\x1bix"]
        )
        lines = printed(table)
        self.assertEqual(lines[0], "Crashes of main pings' histogram, per 1,000 active hours")
        self.assertEqual(lines[-1], "without Fen\ufffdix: no active ticks in their pings")


if __name__ == "__main__":
    unittest.main()
