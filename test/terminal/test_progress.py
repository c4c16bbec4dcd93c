from __future__ import annotations

import re
import unittest
from datetime import date
from io import StringIO

from rich.console import Console

from crash_rate_aggregates.terminal.progress import BarProgress, LoggedProgress, shown_progress

DAY = date(2016, 3, 14)
LOG = "crash_rate_aggregates.terminal.progress"


def tell(progress: LoggedProgress | BarProgress) -> None:
    """Tell of a day of 20 tasks."""
    progress.note("http://127.0.0.1:4040")
    progress.begin_day(DAY, files=20, stored_bytes=2_000_000)
    progress.stage("judge")
    for done in range(1, 21):
        progress.advance(files=1, stored_bytes=100_000, pings=1000)
        progress.tasks(done=done, of=20)
    progress.stage("group")


class ProgressTest(unittest.TestCase):
    def test_log(self) -> None:
        """A log has a line a stage and a tenth of the tasks, with pings a second."""
        with (
            self.assertLogs(LOG) as logged,
            shown_progress(Console(file=StringIO())) as progress,
        ):
            tell(progress)
        lines = [
            re.sub("[0-9,]+ a second", "N a second", one.getMessage()) for one in logged.records
        ]
        tenths = [f"{2 * n} of 20 tasks, {2 * n},000 pings, N a second" for n in range(1, 11)]
        self.assertEqual(
            lines,
            [
                "http://127.0.0.1:4040",
                "2016-03-14: 20 files, 2.0 MB",
                "reading and judging pings",
                *tenths,
                "removing duplicates, grouping; 20000 pings judged",
            ],
        )

    def test_bar(self) -> None:
        """A terminal shows a note that stays, and day, tasks, pings and their rate beside a bar."""
        console = Console(file=StringIO(), force_terminal=True, width=160)
        with shown_progress(console) as progress:
            tell(progress)
        shown = console.file.getvalue()  # type: ignore[attr-defined]  # It is a StringIO.
        self.assertIn("http://127.0.0.1:4040", shown)
        self.assertRegex(shown, r"2016-03-14.*20 of 20 tasks.*20,000 pings, [0-9,]+ a second")


if __name__ == "__main__":
    unittest.main()
