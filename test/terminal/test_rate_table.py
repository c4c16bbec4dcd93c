from __future__ import annotations

import unittest

from crash_rate_aggregates.questions.hours import ACTIVE_HOURS
from crash_rate_aggregates.questions.rates import CrashRate, CrashRates
from crash_rate_aggregates.terminal.rate_table import RatesTable
from test.terminal.printed import printed


class RatesTableTest(unittest.TestCase):
    rate = CrashRate(12345, 12.345, 10.1, 14.9, 3.0, 0.1)
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
    few = CrashRate(1, None, None, None, 3.0, 0.1, "few usage hours")
    none = CrashRates(("[/b]\x1b",), 9, 5.0, 100.0, dict.fromkeys(kinds, few))

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

    def test_reasons(self):
        """Where a group has no rate of some kinds, a line says of which, and why."""
        unknown = CrashRate(None, None, None, None, None, None, "no crash pings")
        kinds = self.kinds | {"main": unknown, "main_and_content_minus_shutdown": unknown}
        lines = printed(RatesTable(("channel",), [CrashRates(("beta",), 9, 1e3, 100.0, kinds)]))
        self.assertEqual(lines[4].split()[:4], ["beta", "1,000", "-", "12.35"])
        self.assertEqual(lines[-1], "- for M, M+C-S: no crash pings")

    def test_crashes_without_hours(self):
        """Groups with crashes and no hours are named, those with the most crashes first."""

        def group(name, crashes):
            rate = CrashRate(crashes, None, None, None, None, None, "no usage hours")
            return CrashRates((name,), 0, 0.0, 100.0, dict.fromkeys(self.kinds, rate))

        groups = [self.group, *(group(f"g{number}", number) for number in range(6))]
        lines = printed(RatesTable(("channel",), groups))
        self.assertEqual(
            lines[-2:],
            [
                "6 more with fewer than 100 usage hours",
                "crashes and no usage hours: g5, g4, g3 and 2 more",
            ],
        )

    def test_late_pings(self):
        """Activity dates of which only late pings are there are named, and are not of few hours."""

        def group(name, note, hours=1_000.0):
            rate = CrashRate(3, None, None, None, 3.0, 0.1, note)
            # Of kinds that are not known another note stands there.
            unknown = CrashRate(None, None, None, None, None, None, "no crash pings")
            kinds = dict.fromkeys(self.kinds, rate) | {"main": unknown}
            return CrashRates((name,), 9, hours, 100.0, kinds)

        not_stored = "its submission date is not stored"
        not_asked = "its submission date is not asked for"
        groups = [
            self.group,
            group("2016-03-01", not_stored),
            group("2016-03-02", not_stored, 5.0),
            group("2016-03-03", not_asked),
        ]
        self.assertEqual(
            printed(RatesTable(("activity_date",), groups), 160)[-2:],
            [f"{not_stored}: 2016-03-01, 2016-03-02", f"{not_asked}: 2016-03-03"],
        )

    def test_texts_of_clients(self):
        """A client's channel is not taken for markup, nor for a command to the terminal."""
        strange = CrashRates(("[/b]\x1b",), 9, 1_000.0, 100.0, self.kinds)
        self.assertIn("[/b]\ufffd", " ".join(printed(RatesTable(("channel",), [strange]))))

    def test_active_hours(self):
        """By active hours heads say so, and hours that are not known are told by the reason."""
        unknown = CrashRate(3, None, None, None, None, None, "no active ticks")
        without = CrashRates(("beta",), 9, None, 100.0, dict.fromkeys(self.kinds, unknown))
        lines = printed(
            RatesTable(("channel",), [self.group, without], ACTIVE_HOURS, ["Fenix"]), 160
        )
        self.assertEqual(lines[0], "Crashes per 1,000 active hours (95% interval)")
        self.assertIn("active hours", lines[2])
        self.assertEqual(
            lines[-2:], ["no active ticks: beta", "without Fenix: no active ticks in their pings"]
        )
