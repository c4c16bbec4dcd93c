"""Crash rates as a table that fits the terminal: with intervals beside, below, or without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from crash_rate_aggregates.questions.crash_rate import CrashRate, CrashRates
from crash_rate_aggregates.terminal.cells import NOT_THERE, cell, fits, printable

_VALUE_WIDTH = 30


def _beside(rate: CrashRate) -> str:
    return f"{rate.per_1000_hours:.2f} ({rate.lower:.2f} … {rate.upper:.2f})"


def _below(rate: CrashRate) -> str:
    return f"{rate.per_1000_hours:.2f}\n{rate.lower:.1f}…{rate.upper:.1f}"


def _alone(rate: CrashRate) -> str:
    return f"{rate.per_1000_hours:.2f}"


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to draw the table."""

    rate: Callable[[CrashRate], str]
    headings: tuple[str, ...]
    padding: tuple[int, int]
    note: str = ""


_LONG = ("usage hours", "main (M)", "content (C)", "C-S", "M+C-S", "plugin", "gpu")
_SHORT = ("hours", "M", "C", "C-S", "M+C-S", "plugin", "gpu")
_FORMS = (
    _Form(_beside, _LONG, (0, 1)),
    _Form(_below, _SHORT, (0, 0)),
    _Form(_alone, _SHORT, (0, 0), "For the 95% intervals, make the terminal wider."),
)
"""The widest first."""


@dataclass(frozen=True, slots=True)
class RatesTable:
    """Crashes per 1,000 usage hours for each group; groups with too few hours are only counted."""

    names: Sequence[str]
    """Of what the groups are made, as headings."""
    groups: Sequence[CrashRates]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it in the widest form that the terminal has room for."""
        for form in _FORMS:
            table = self._drawn(form)
            if fits(table, console, options):
                break
        yield "Crashes per 1,000 usage hours (95% interval)"
        yield table
        yield from filter(None, (form.note, self._few()))

    def _drawn(self, form: _Form) -> Table:
        table = Table(box=box.SIMPLE_HEAD, padding=form.padding)
        for name in self.names:
            table.add_column(printable(name), max_width=_VALUE_WIDTH, no_wrap=True)
        for heading in form.headings:
            table.add_column(heading, justify="right", no_wrap=True)
        for group in self.groups:
            if group.main.per_1000_hours is not None:
                table.add_row(*_row(group, form.rate))
        return table

    def _few(self) -> str:
        few = [group for group in self.groups if group.main.per_1000_hours is None]
        hours = f"{few[0].min_usage_hours:,.0f}" if few else ""
        return f"{len(few):,} more with fewer than {hours} usage hours" if few else ""


def _row(group: CrashRates, shown: Callable[[CrashRate], str]) -> tuple[str, ...]:
    def rate(one: CrashRate) -> str:
        return NOT_THERE if one.per_1000_hours is None else shown(one)

    return (
        *map(cell, group.group),
        f"{group.usage_hours:,.0f}",
        rate(group.main),
        rate(group.content),
        # A part of the next; its interval would make the table too wide.
        f"{group.content_minus_shutdown.per_1000_hours:.2f}",
        rate(group.main_and_content_minus_shutdown),
        rate(group.plugin),
        rate(group.gpu),
    )
