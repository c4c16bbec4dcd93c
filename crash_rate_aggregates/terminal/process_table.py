"""Rates by what crashed, as a table: a row for each group and process or class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from crash_rate_aggregates.outcomes import CrashSource
from crash_rate_aggregates.questions.hours import USAGE_HOURS, Hours
from crash_rate_aggregates.questions.process_rates import ProcessRate
from crash_rate_aggregates.terminal.cells import NOT_THERE, cell, fits, printable
from crash_rate_aggregates.terminal.missing_rates import few_hours, left_out, named_groups

_VALUE_WIDTH = 30
_SOURCES = {
    CrashSource.CRASH_PING: "of crash pings, without kills at shutdown",
    CrashSource.HISTOGRAM: "of main pings' histogram",
}
_PADDINGS = ((0, 1), (0, 0))
"""Of cells, the widest first."""


@dataclass(frozen=True, slots=True)
class ProcessTable:
    """Crashes, their rate with its interval, and the hours; few hours are only counted."""

    names: Sequence[str]
    """Of what the groups are made, as headings."""
    rates: Sequence[ProcessRate]
    source: CrashSource
    hours: Hours = USAGE_HOURS
    left_out: Sequence[str] = ()
    """Applications whose pings do not tell such hours."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it in the widest form that the terminal has room for."""
        for padding in _PADDINGS:
            table = self._drawn(padding)
            if fits(table, console, options):
                break
        yield f"Crashes {_SOURCES[self.source]}, per 1,000 {self.hours.name}"
        yield table
        yield from self._notes()

    def _drawn(self, padding: tuple[int, int]) -> Table:
        table = Table(box=box.SIMPLE_HEAD, padding=padding)
        for name in self.names:
            table.add_column(printable(name), max_width=_VALUE_WIDTH, no_wrap=True)
        for heading in ("crashes", "rate", "95% interval", self.hours.name):
            table.add_column(heading, justify="right", no_wrap=True)
        for one in self.rates:
            if one.rate.per_1000_hours is not None:
                table.add_row(*_row(one))
        return table

    def _notes(self) -> Iterator[str]:
        """Yield why groups have no rate, those with the most crashes first."""
        groups: dict[str, list[ProcessRate]] = {}
        for one in sorted(self.rates, key=lambda one: -(one.rate.crashes or 0)):
            groups.setdefault(one.rate.note or "", []).append(one)
        few = groups.pop(f"few {self.hours.name}", [])
        if few:
            yield few_hours(len(few), few[0].min_usage_hours, self.hours)
        groups.pop("", None)
        for note, found in groups.items():
            yield named_groups(note, [one.group for one in found])
        if self.left_out:
            yield left_out(self.left_out, self.hours)


def _row(one: ProcessRate) -> tuple[str, ...]:
    rate = one.rate
    return (
        *map(cell, one.group),
        NOT_THERE if rate.crashes is None else f"{rate.crashes:,}",
        f"{rate.per_1000_hours:.2f}",
        f"{rate.lower:.2f} … {rate.upper:.2f}",
        f"{one.usage_hours:,.0f}",
    )
