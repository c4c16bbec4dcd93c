from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import date

from crash_rate_aggregates.verdicts.releases.judged import Judged, State, data_problem, judge
from crash_rate_aggregates.verdicts.releases.wording import verdict_line, verdict_words

WORSE = Judged(State.WORSE, 0.2, ratio=1.24, lower=1.11, upper=1.39, level=0.9)
NEEDED = Judged(State.NOT_ENOUGH_DATA, 0.2, hours_needed=11_650.0, days_needed=1.3)
DAY = date(2026, 11, 11)


def more(hours: float, days: float | None) -> str:
    """Return what is said of so many hours in so many days."""
    return verdict_words(replace(NEEDED, hours_needed=hours, days_needed=days))


class WordsTest(unittest.TestCase):
    def test_worse(self) -> None:
        """It says by how much, within which limits, and since when."""
        self.assertEqual(verdict_words(WORSE, DAY), "worse by 24% (11 … 39) since 11 November")
        self.assertEqual(verdict_words(WORSE), "worse by 24% (11 … 39)")

    def test_better(self) -> None:
        """What is less is said as less, the smaller change first."""
        better = Judged(State.BETTER, 0.2, ratio=0.75, lower=0.66, upper=0.85)
        words = verdict_words(better, date(2026, 3, 1))
        self.assertEqual(words, "better by 25% (15 … 34) since 1 March")

    def test_large_changes(self) -> None:
        """From 100% on percents are said by tens."""
        worse = replace(WORSE, ratio=2.238, lower=1.876, upper=11.555)
        self.assertEqual(verdict_words(worse), "worse by 120% (88 … 1,060)")

    def test_no_change(self) -> None:
        """No change is said with the change that it was asked about."""
        judged = Judged(State.NO_CHANGE, 0.2, ratio=1.01)
        self.assertEqual(verdict_words(judged), "no change above 20%")
        self.assertEqual(verdict_words(replace(judged, change=0.05)), "no change above 5%")

    def test_cannot_tell(self) -> None:
        """What no data can tell is said of the channel."""
        judged = Judged(State.CANNOT_TELL, 0.2)
        self.assertEqual(verdict_words(judged), "cannot tell 20% on this channel")

    def test_not_enough_data(self) -> None:
        """It says how much is missing, as hours and as days."""
        self.assertEqual(
            verdict_words(NEEDED),
            "not enough data: about 12,000 hours more, two days at today's adoption",
        )
        self.assertEqual(
            verdict_words(judge(None, 0.1)), "not enough data: no hours and crashes yet to compare"
        )

    def test_hours(self) -> None:
        """Hours are rounded up to two digits, in millions where there are millions."""
        for hours, words in (
            (0.2, "1 hour"),
            (9.5, "10 hours"),
            (120.0, "120 hours"),
            (121.0, "130 hours"),
            (999_000.0, "1.0 million hours"),
            (2_310_000.0, "2.4 million hours"),
            (23_100_000.0, "24 million hours"),
        ):
            with self.subTest(hours=hours):
                self.assertEqual(more(hours, None), f"not enough data: about {words} more")

    def test_times(self) -> None:
        """Days are whole and in words, then weeks, then months; a long time is one word."""
        for days, words in (
            (0.1, "one day"),
            (1.0, "one day"),
            (9.5, "ten days"),
            (11.0, "two weeks"),
            (50.0, "eight weeks"),
            (60.0, "three months"),
            (500.0, "more than six months"),
        ):
            with self.subTest(days=days):
                expected = f"not enough data: about 12,000 hours more, {words} at today's adoption"
                self.assertEqual(more(12_000.0, days), expected)

    def test_data_problem(self) -> None:
        """A problem of the data is said with its reason."""
        words = verdict_words(data_problem("9 November is not stored"))
        self.assertEqual(words, "data problem: 9 November is not stored")

    def test_line(self) -> None:
        """A line says what was compared, by which kind of crash, and the verdict."""
        self.assertEqual(
            verdict_line("156.0b3", "156.0b2", "main crashes", WORSE, DAY),
            "156.0b3 after 156.0b2, main crashes: worse by 24% (11 … 39) since 11 November",
        )
