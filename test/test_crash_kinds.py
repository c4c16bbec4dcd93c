from __future__ import annotations

import unittest

from crash_rate_aggregates.crash_kinds import CRASH_KINDS, kinds_of, stats_of
from crash_rate_aggregates.stats import STATS, Stat


class CrashKindsTest(unittest.TestCase):
    def test_names(self) -> None:
        """The kinds that are made of several stats come first, and each has its own names."""
        self.assertEqual(
            [(kind.name, kind.label) for kind in CRASH_KINDS][:6],
            [
                ("main", "M"),
                ("content", "C"),
                ("content_minus_shutdown", "C-S"),
                ("main_and_content_minus_shutdown", "M+C-S"),
                ("plugin", "plugin"),
                ("gpu", "gpu"),
            ],
        )
        for names in (
            [kind.name for kind in CRASH_KINDS],
            [kind.label for kind in CRASH_KINDS],
            [kind.column for kind in CRASH_KINDS if kind.column],
        ):
            self.assertEqual(len(names), len(set(names)))

    def test_counts_and_differences(self) -> None:
        """A kind is a count, or what is left of one where another is taken away."""
        for kind in CRASH_KINDS:
            is_difference = kind.name.endswith("minus_shutdown")
            self.assertEqual(kind.is_count, not is_difference)
            self.assertEqual(kind.crashes.endswith(" - content_shutdown_crashes"), is_difference)

    def test_stat_that_is_a_kind(self) -> None:
        """A stat that names a kind is one, after the others; one that names none is in none."""
        more = (
            Stat("invented_crashes", "crashes", "Made up.", kind="invented"),
            Stat("crashes", "crashes", "A name that is a part of others."),
        )
        kinds = kinds_of((*STATS, *more))
        self.assertEqual(kinds[:-1], CRASH_KINDS)
        self.assertEqual(
            (kinds[-1].name, kinds[-1].label, kinds[-1].crashes, kinds[-1].is_count),
            ("invented", "invented", "invented_crashes", True),
        )
        used = {stat.name for stat in stats_of(kinds, (*STATS, *more))}
        self.assertLessEqual({"main_crashes", "main_crashes_sent_twice", "gpu_crashes"}, used)
        self.assertIn("invented_crashes", used)
        self.assertFalse({"crashes", "ping_count"} & used)


if __name__ == "__main__":
    unittest.main()
