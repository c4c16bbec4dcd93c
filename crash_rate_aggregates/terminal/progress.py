"""Progress on stderr: a bar where a person looks on, else one log line a stage."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from crash_rate_aggregates.terminal.cells import printable

log = logging.getLogger(__name__)

STAGES = {
    "judge": "reading and judging pings",
    "group": "removing duplicates, grouping",
    "store": "replacing the day in PostgreSQL",
}
"""What people read for each stage of a day."""


class PingCount:
    """Pings judged since the stage began."""

    def __init__(self) -> None:
        self._began = monotonic()
        self.pings = 0

    def __str__(self) -> str:
        # Asked at once it must not divide by 0.
        seconds = max(monotonic() - self._began, 0.001)
        return f"{self.pings:,} pings, {self.pings / seconds:,.0f} a second"

    def add(self, pings: int) -> None:
        """Count more."""
        self.pings += pings


class LoggedProgress:
    """One log line a stage, for cron, journals and files."""

    def __init__(self) -> None:
        self._count = PingCount()
        self._tenths = 0

    def begin_day(self, day: date, *, files: int, stored_bytes: int) -> None:
        """Start over for the next day."""
        self._tenths = 0
        log.info("%s: %d files, %.1f MB", day, files, stored_bytes / 1e6)

    def stage(self, name: str) -> None:
        """Log that a stage begins."""
        if name == "judge":
            self._count = PingCount()
        judged = f"; {self._count.pings} pings judged" if self._count.pings else ""
        log.info("%s%s", STAGES[name], judged)

    def advance(self, *, files: int, stored_bytes: int, pings: int) -> None:
        """Count silently."""
        del files, stored_bytes
        self._count.add(pings)

    def tasks(self, *, done: int, of: int) -> None:
        """Log each tenth of the way."""
        if (tenths := 10 * done // of) > self._tenths:
            self._tenths = tenths
            log.info("%d of %d tasks, %s", done, of, str(self._count))

    def note(self, text: str) -> None:
        """Log it."""
        log.info("%s", text)


class BarProgress:
    """A bar over the stored bytes of the day."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task: TaskID | None = None
        self._count = PingCount()

    def begin_day(self, day: date, *, files: int, stored_bytes: int) -> None:
        """Show a new bar, and take the last day's away."""
        del files
        if self._task is not None:
            self._bar.remove_task(self._task)
        # Of 1 at least, so that a day of empty files has an end too.
        self._task = self._bar.add_task(
            "", total=max(stored_bytes, 1), day=day, pings="", tasks="", stage=""
        )

    def stage(self, name: str) -> None:
        """Show the stage beside the bar."""
        if name == "judge":
            self._count = PingCount()
        if self._task is not None:
            self._bar.update(self._task, stage=STAGES[name])

    def advance(self, *, files: int, stored_bytes: int, pings: int) -> None:
        """Move the bar."""
        del files
        self._count.add(pings)
        if self._task is not None:
            self._bar.update(self._task, advance=stored_bytes, pings=str(self._count))

    def tasks(self, *, done: int, of: int) -> None:
        """Show the tasks beside the bar."""
        if self._task is not None:
            self._bar.update(self._task, tasks=f"{done} of {of} tasks")

    def note(self, text: str) -> None:
        """Print it above the bar, where it stays."""
        self._bar.console.print(printable(text))


@contextmanager
def shown_progress(console: Console) -> Iterator[LoggedProgress | BarProgress]:
    """Give the listener that fits the console."""
    if not console.is_terminal:
        yield LoggedProgress()
        return
    columns = (
        TextColumn("{task.fields[day]}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[tasks]}"),
        TextColumn("{task.fields[pings]}"),
        TextColumn("{task.fields[stage]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        yield BarProgress(bar)
