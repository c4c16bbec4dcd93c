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

    def test_counts(self) -> None:
        """No kind takes kills away from crashes: both are counted ping by ping, and 0 is least."""
        made_of = {kind.name: kind.crashes for kind in CRASH_KINDS}
        self.assertEqual(made_of["content_minus_shutdown"], "content_crashes_not_at_shutdown")
        self.assertFalse([name for name, crashes in made_of.items() if "kill" in crashes])
        self.assertNotIn("content_shutdown_crashes", " ".join(made_of.values()))

    def test_what_crash_pings_tell(self) -> None:
        """Kinds that crash pings tell cannot be known without any; histograms tell the others."""
        self.assertEqual(
            [kind.label for kind in CRASH_KINDS if kind.needs_crash_pings], ["M", "C-S", "M+C-S"]
        )

    def test_stat_that_is_a_kind(self) -> None:
        """A stat that names a kind is one, after the others; one that names none is in none."""
        more = (
            Stat("invented_crashes", "crashes", "Made up.", kind="invented"),
            Stat("crashes", "crashes", "A name that is a part of others."),
        )
        kinds = kinds_of((*STATS, *more))
        self.assertEqual(kinds[:-1], CRASH_KINDS)
        self.assertEqual(
            (kinds[-1].name, kinds[-1].label, kinds[-1].crashes),
            ("invented", "invented", "invented_crashes"),
        )
        used = {stat.name for stat in stats_of(kinds, (*STATS, *more))}
        self.assertLessEqual({"main_crashes", "main_crashes_sent_twice", "gpu_crashes"}, used)
        self.assertIn("invented_crashes", used)
        self.assertFalse({"crashes", "ping_count"} & used)


if __name__ == "__main__":
    unittest.main()
