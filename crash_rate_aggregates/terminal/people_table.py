"""People as two tables: user-days without a crash, and how often clients crash in a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from crash_rate_aggregates.questions.user_days import People
from crash_rate_aggregates.rows import CRASH_BUCKETS
from crash_rate_aggregates.terminal.cells import NOT_THERE, cell, printable
from crash_rate_aggregates.terminal.missing_rates import named_groups

_VALUE_WIDTH = 20
_MOST_CRASHES = 0.5
_FEW_CLIENTS = 0.1
"""At which it is few machines: the least share of the crashes, the greatest of the clients."""


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """What share of the people crashed, and whether it is few machines."""

    names: Sequence[str]
    """Of what the groups are made, as headings."""
    found: Sequence[People]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw both tables, then what is to be said about them."""
        told = [one for one in self.found if one.values["crash_free"] is not None]
        yield "User-days without a crash (95% interval); crashed: those with one, per 1,000"
        yield self._table(_SHARES, ((one, _shares(one.values)) for one in told))
        yield "Clients by crashes in a day; crashes per 1,000 user-days, without the top 0.1%"
        yield self._table(_OFTEN, ((one, _often(one.values)) for one in told))
        yield from self._few_machines()
        yield from self._notes()
        if any(one.values["days"] > 1 for one in told):
            yield "Over several days an interval is made wider, as the same people come again."

    def _table(
        self, headings: Sequence[str], rows: Iterable[tuple[People, Sequence[str]]]
    ) -> Table:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 0))
        for name in (*self.names, "kind"):
            table.add_column(printable(name), max_width=_VALUE_WIDTH, no_wrap=True)
        for heading in headings:
            table.add_column(heading, justify="right", no_wrap=True)
        for one, texts in rows:
            table.add_row(*map(cell, one.group), one.kind, *texts)
        return table

    def _few_machines(self) -> Iterator[str]:
        """Yield which groups have most of their crashes from few clients."""
        for one in self.found:
            if one.kind == "any" and one.values["crash_free"] is not None:
                crashes, clients = _top(one.values)
                if crashes >= _MOST_CRASHES and clients <= _FEW_CLIENTS:
                    yield (
                        f"{' '.join(map(cell, one.group)) or 'all'}: {crashes:.0%} of the crashes "
                        f"come from {clients:.1%} of the clients that crashed"
                    )

    def _notes(self) -> Iterator[str]:
        """Yield why groups have no share, with the crashes that may be told."""
        groups: dict[str, list[tuple[str | None, ...]]] = {}
        for one in self.found:
            crashes, note = one.values["crashes"], one.values["note"]
            if note is not None:
                told = "" if crashes is None else f" ({crashes:,})"
                groups.setdefault(note, []).append((*one.group, f"{one.kind}{told}"))
        yield from (named_groups(note, found) for note, found in groups.items())


def _top(values: Mapping[str, Any]) -> tuple[float, float]:
    """Return which shares of the crashes and of the clients that crashed the top clients are."""
    return (
        values["top_crashes"] / values["crashes"],
        values["top_clients"] / values["crashed_user_days"],
    )


def _shares(values: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"{values['active_user_days']:,}",
        f"{values['crash_free']:.2%}",
        f"{100 * values['lower']:.2f}…{values['upper']:.2%}",
        f"{values['crashed_per_1000']:.2f}",
    )


def _often(values: Mapping[str, Any]) -> tuple[str, ...]:
    without = values["crashes_per_1000_without_top"]
    return (
        *(f"{values[f'clients_{bucket}']:,}" for bucket in CRASH_BUCKETS),
        f"{values['crashes_per_1000']:.2f}",
        NOT_THERE if without is None else f"{without:.2f}",
    )


def _heading(bucket: str) -> str:
    return bucket.replace("_", "-").replace("more", "21+")


_SHARES = ("user-days", "crash-free", "95% interval", "crashed")
_OFTEN = (*map(_heading, CRASH_BUCKETS), "crashes", "without top")
