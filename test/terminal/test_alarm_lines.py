from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import date

from rich.console import Group

from crash_rate_aggregates.questions.said.alarm_evenings import AlarmEvening, AlarmState
from crash_rate_aggregates.terminal.alarm_lines import alarm_parts
from test.terminal.printed import printed
from test.watch.made_messages import evening, known, lit_alarm

FIGURES = "(0.85 instead of 0.41 per 1,000 hours on 28 November, 1.80 … 2.40)"


class AlarmLinesTest(unittest.TestCase):
    def lines(self, shown: AlarmEvening, width: int = 80) -> list[str]:
        """Return what is printed."""
        return printed(Group(*alarm_parts(shown)), width)

    def test_counts(self) -> None:
        """The first line counts those that are lit, and of these the ones that somebody knows."""
        lit, quiet = lit_alarm(), lit_alarm(acknowledgement=known())
        over = lit_alarm(AlarmState.ENDED)
        for alarms, line in (
            ((), "no alarm on 28 November 2026"),
            ((over,), "no alarm on 28 November 2026"),
            ((lit, over), "1 alarm on 28 November 2026"),
            ((quiet,), "1 alarm on 28 November 2026, acknowledged"),
            ((lit, lit), "2 alarms on 28 November 2026"),
            ((lit, quiet, quiet), "3 alarms on 28 November 2026, 2 of them acknowledged"),
            ((replace(quiet, worsened=True),), "1 alarm on 28 November 2026"),
        ):
            self.assertEqual(self.lines(evening(*alarms))[0], line)

    def test_narrow_and_wide(self) -> None:
        """On 80 columns long words are broken and stay indented; without a terminal nothing is."""
        words = f"Firefox release, main crashes: twice as many {FIGURES}"
        shown = evening(lit_alarm(words=words, acknowledgement=known(), worsened=True))
        self.assertEqual(
            self.lines(shown)[1:],
            [
                "  Firefox release, main crashes: twice as many (0.85 instead of 0.41 per 1,000",
                "  hours on 28 November, 1.80 … 2.40)",
                "    acknowledged by Ann on 29 November 2026: bug <7> & more",
                "    worse since it was acknowledged",
                "    firefox/release/main/2026-11-24",
            ],
        )
        self.assertEqual(self.lines(shown, 1_000_000)[1], f"  {words}")

    def test_worse_than_at_its_beginning(self) -> None:
        """That an alarm worsened is said without an acknowledgement too, while it is lit."""
        self.assertIn("    worse than when it began", self.lines(evening(lit_alarm(worsened=True))))
        over = lit_alarm(AlarmState.ENDED, worsened=True)
        self.assertNotIn("    worse than when it began", self.lines(evening(over)))

    def test_a_strangers_text(self) -> None:
        """A note or a name steers no terminal."""
        note = replace(known(), note="\x1b[2J\nno alarm")
        lines = self.lines(evening(lit_alarm(acknowledgement=note, words="a\u202eb")))
        self.assertEqual(len(lines), 4)
        self.assertNotIn("\x1b", "".join(lines))
        self.assertNotIn("\u202e", "".join(lines))

    def test_behind(self) -> None:
        """A newer day that is not assessed is told in the second line."""
        behind = replace(evening(), newest_stored=date(2026, 11, 30))
        self.assertEqual(
            self.lines(behind),
            [
                "no alarm on 28 November 2026",
                "30 November 2026 is stored and not assessed yet: `crash-rate-aggregates assess`",
            ],
        )


if __name__ == "__main__":
    unittest.main()
