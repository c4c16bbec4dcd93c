from __future__ import annotations

import unittest

from crash_rate_aggregates.questions.rates import CrashRate, CrashRates
from crash_rate_aggregates.terminal.rate_table import RatesTable
from test.terminal.printed import printed


class RatesTableTest(unittest.TestCase):
    rate = CrashRate(12345, 12.345, 10.1, 14.9, 1.0)
    kinds = dict.fromkeys(
        (
            "main",
            "content",
            "content_minus_shutdown",
            "main_and_content_minus_shutdown",
            "plugin",
            "gpu",
        ),
        rate,
    )
    group = CrashRates(("nightly",), 9, 1_234_567.0, 100.0, kinds)
    none = CrashRates(
        ("[/b]\x1b",), 9, 5.0, 100.0, dict.fromkeys(kinds, CrashRate(1, None, None, None, None))
    )

    def test_wide(self):
        """Where there is room, each interval stands beside its rate."""
        lines = printed(RatesTable(("channel",), [self.group, self.none]), 160)
        self.assertRegex(
            lines[2],
            r"channel +usage hours +main \(M\) +content \(C\) +C-S +M\+C-S +plugin +gpu$",
        )
        self.assertEqual(" ".join(lines).count("12.35 (10.10 … 14.90)"), 5)
        self.assertEqual(lines[-1], "1 more with fewer than 100 usage hours")

    def test_eighty_columns(self):
        """On 80 columns each interval stands below its rate, and no column is cut."""
        lines = printed(RatesTable(("channel",), [self.group]), 80)
        self.assertEqual(lines[4].split(), ["nightly", "1,234,567", *["12.35"] * 6])
        self.assertEqual(lines[5].split(), ["10.1…14.9"] * 5)

    def test_narrow(self):
        """On fewer there are rates alone, and a word about the intervals."""
        lines = printed(RatesTable(("channel",), [self.group]), 66)
        self.assertEqual(lines[4].split(), ["nightly", "1,234,567", *["12.35"] * 6])
        self.assertEqual(lines[-1], "For the 95% intervals, make the terminal wider.")

    def test_texts_of_clients(self):
        """A client's channel is not taken for markup, nor for a command to the terminal."""
        strange = CrashRates(("[/b]\x1b",), 9, 1_000.0, 100.0, self.kinds)
        self.assertIn("[/b]\ufffd", " ".join(printed(RatesTable(("channel",), [strange]))))
