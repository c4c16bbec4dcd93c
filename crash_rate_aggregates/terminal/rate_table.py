"""Crash rates as a table that fits the terminal: with intervals beside, below, or without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from crash_rate_aggregates.crash_kinds import CRASH_KINDS, CrashKind
from crash_rate_aggregates.questions.hours import USAGE_HOURS, Hours
from crash_rate_aggregates.questions.rates import CrashRate, CrashRates
from crash_rate_aggregates.terminal.cells import NOT_THERE, cell, fits, printable
from crash_rate_aggregates.terminal.missing_rates import few_hours, left_out, named_groups

_VALUE_WIDTH = 30
_WITHOUT_INTERVAL = {"content_minus_shutdown"}
"""A part of the kind beside it; its interval would make the table too wide."""


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
    hours: str
    """Heading of the hours, with `{}` for their name."""
    heading: Callable[[CrashKind], str]
    padding: tuple[int, int]
    note: str = ""


_long = attrgetter("heading")
_short = attrgetter("label")
_FORMS = (
    _Form(_beside, "{}", _long, (0, 1)),
    _Form(_below, "hours", _short, (0, 0)),
    _Form(_alone, "hours", _short, (0, 0), "For the 95% intervals, make the terminal wider."),
)
"""The widest first."""


@dataclass(frozen=True, slots=True)
class RatesTable:
    """Crashes per 1,000 hours for each group; groups with too few hours are only counted."""

    names: Sequence[str]
    """Of what the groups are made, as headings."""
    groups: Sequence[CrashRates]
    hours: Hours = USAGE_HOURS
    left_out: Sequence[str] = ()
    """Applications whose pings do not tell such hours."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it in the widest form that the terminal has room for."""
        # The narrowest is drawn in any case; what has no room then, rich cuts.
        for form in _FORMS:
            table = self._drawn(form)
            if fits(table, console, options):
                break
        yield f"Crashes per 1,000 {self.hours.name} (95% interval)"
        yield table
        notes = (form.note, *self._notes(), self._few(), self._without_hours(), *self._unknown())
        late = self._of_late_pings()
        yield from filter(None, (*notes, *late, left_out(self.left_out, self.hours)))

    def _drawn(self, form: _Form) -> Table:
        table = Table(box=box.SIMPLE_HEAD, padding=form.padding)
        for name in self.names:
            table.add_column(printable(name), max_width=_VALUE_WIDTH, no_wrap=True)
        for heading in (form.hours.format(self.hours.name), *map(form.heading, self._kinds())):
            table.add_column(heading, justify="right", no_wrap=True)
        for group in self.groups:
            if group.has_rates:
                table.add_row(*_row(group, form.rate))
        return table

    def _kinds(self) -> Iterator[CrashKind]:
        """Yield the kinds that the database has told, which are the same in each group."""
        names = self.groups[0].kinds if self.groups else ()
        return (kind for kind in CRASH_KINDS if kind.name in names)

    def _notes(self) -> Iterator[str]:
        """Yield why a group that has rates lacks some of them."""
        kinds: dict[str, set[str]] = {}
        for group in filter(attrgetter("has_rates"), self.groups):
            for name, rate in group.kinds.items():
                if rate.note is not None:
                    kinds.setdefault(rate.note, set()).add(name)
        for note, names in kinds.items():
            labels = ", ".join(kind.label for kind in CRASH_KINDS if kind.name in names)
            yield f"{NOT_THERE} for {labels}: {note}"

    def _without_hours(self) -> str:
        """Name the groups with the most crashes of those that have no hours: no rate shows them."""
        crashes = {
            group.group: sum(rate.crashes or 0 for rate in group.kinds.values())
            for group in self.groups
            if group.usage_hours == 0
        }
        found = sorted((one for one in crashes if crashes[one]), key=lambda one: -crashes[one])
        return named_groups(f"crashes and no {self.hours.name}", found)

    def _few(self) -> str:
        few = [
            one
            for one in self.groups
            if not one.has_rates and one.usage_hours is not None and one.date_note is None
        ]
        return few_hours(len(few), few[0].min_usage_hours, self.hours) if few else ""

    def _of_late_pings(self) -> Iterator[str]:
        """Yield which activity dates have late pings alone."""
        groups: dict[str, list[tuple[str | None, ...]]] = {}
        for group in self.groups:
            if group.date_note is not None:
                groups.setdefault(group.date_note, []).append(group.group)
        yield from (named_groups(note, of_note) for note, of_note in groups.items())

    def _unknown(self) -> Iterator[str]:
        """Yield which groups have hours that nobody knows, by the reason."""
        groups: dict[str, list[tuple[str | None, ...]]] = {}
        for group in self.groups:
            if group.usage_hours is None:
                note = next(rate.note for rate in group.kinds.values())
                groups.setdefault(note or "", []).append(group.group)
        yield from (named_groups(note, of_note) for note, of_note in groups.items())


def _row(group: CrashRates, form: Callable[[CrashRate], str]) -> tuple[str, ...]:
    def shown(kind: str, rate: CrashRate) -> str:
        if rate.per_1000_hours is None:
            return NOT_THERE
        return _alone(rate) if kind in _WITHOUT_INTERVAL else form(rate)

    rates = (shown(kind, rate) for kind, rate in group.kinds.items())
    return (*map(cell, group.group), f"{group.usage_hours or 0:,.0f}", *rates)
