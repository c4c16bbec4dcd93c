"""Tables for people: answers, crash rates, ledgers, the embedded server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from rich import box
from rich.table import Table

from crash_rate_aggregates.database.crash_rate import CrashRate, CrashRates
from crash_rate_aggregates.database.day import StoredLedger
from crash_rate_aggregates.database.history import ChannelTotals, PastRun
from crash_rate_aggregates.database.questions import Answer
from crash_rate_aggregates.database.retention import Month
from crash_rate_aggregates.outcomes import LedgerKind, LedgerLine, Outcome

_NOT_THERE = "-"
_VALUE_WIDTH = 30
_FEW_DECIMALS_FROM = 100
_LEDGER_TITLES = {
    LedgerKind.OUTCOME: "what became of them",
    LedgerKind.ADJUSTMENT: "adjusted and counted",
    LedgerKind.PROCESS_TYPE: "counted crash pings by process",
}


def answer_table(answer: Answer) -> Table:
    """Show what a statement returned: NULL is empty, numbers have as many digits as one reads."""
    table = _table(*answer.columns)
    for row in answer.rows:
        table.add_row(*map(_shown, row))
    return table


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float | Decimal):
        return f"{value:.2f}" if abs(value) >= _FEW_DECIMALS_FROM else f"{value:.4f}"
    return str(value)


def rates_tables(names: Sequence[str], groups: Sequence[CrashRates]) -> list[Table | str]:
    """Show crashes per 1,000 usage hours for each group, with 95% intervals.

    Groups with too few hours for a rate are only counted.
    """
    table = Table(box=box.SIMPLE_HEAD)
    for name in names:
        table.add_column(name, max_width=_VALUE_WIDTH, no_wrap=True)
    for heading in ("usage hours", "main (M)", "content (C)", "C-S", "M+C-S", "plugin", "gpu"):
        table.add_column(heading, justify="right", no_wrap=True)
    shown = [group for group in groups if group.main.per_1000_hours is not None]
    for group in shown:
        table.add_row(*_rates_row(group))
    few = len(groups) - len(shown)
    hours = f"{groups[0].min_usage_hours:,.0f}" if groups else ""
    note = [f"{few:,} more with fewer than {hours} usage hours"] if few else []
    return ["Crashes per 1,000 usage hours (95% interval)", table, *note]


def _rates_row(group: CrashRates) -> tuple[str, ...]:
    return (
        *(_NOT_THERE if value is None else value for value in group.group),
        f"{group.usage_hours:,.0f}",
        _rate(group.main),
        _rate(group.content),
        # A part of the next; its interval would make the table too wide.
        f"{group.content_minus_shutdown.per_1000_hours:.2f}",
        _rate(group.main_and_content_minus_shutdown),
        _rate(group.plugin),
        _rate(group.gpu),
    )


def _rate(rate: CrashRate) -> str:
    if rate.per_1000_hours is None:
        return _NOT_THERE
    return f"{rate.per_1000_hours:.2f} ({rate.lower:.2f} … {rate.upper:.2f})"


def ledger_tables(stored: StoredLedger) -> list[Table | str]:
    """Show what became of every ping of a day: outcomes by doc type, then adjustments."""
    run = stored.run
    total = f"{run.facts.pings_read:,} pings in {run.facts.files_read:,} files"
    shown: list[Table | str] = [f"{run.submission_date}: {total}"]
    shown += [
        _by_doc_type(title, stored.lines, kind)
        for kind, title in _LEDGER_TITLES.items()
        if any(line.kind == kind for line in stored.lines)
    ]
    shown += [f"damaged: {file}: {reason}" for file, reason in stored.damaged_files]
    return shown


def _by_doc_type(title: str, lines: Sequence[LedgerLine], kind: LedgerKind) -> Table:
    of_kind = [line for line in lines if line.kind == kind]
    doc_types = sorted({line.doc_type for line in of_kind}, key=_doc_type_order)
    table = _table(title)
    for doc_type in (*doc_types, "all"):
        table.add_column(doc_type, justify="right")
    for name in sorted({line.name for line in of_kind}, key=_outcome_order):
        pings = {line.doc_type: line.pings for line in of_kind if line.name == name}
        cells = [pings.get(doc_type, 0) for doc_type in doc_types]
        table.add_row(name, *(f"{number:,}" for number in (*cells, sum(cells))))
    return table


def _doc_type_order(doc_type: str) -> tuple[bool, str]:
    return doc_type != "main", doc_type


def _outcome_order(name: str) -> tuple[bool, str]:
    return name != Outcome.COUNTED, name


def history_tables(runs: Sequence[PastRun]) -> list[Table | str]:
    """Show each run of a day, and for each channel what it stored before and after."""
    shown: list[Table | str] = []
    before = None
    for run in runs:
        shown += [_run_line(run), _changed_line(run), _channels_table(before, run)]
        before = run
    return shown


def _run_line(past: PastRun) -> str:
    facts = past.run.facts
    return (
        f"run {past.run.run_id}, stored {past.run.finished_at:%Y-%m-%d %H:%M:%S} UTC: "
        f"{facts.pings_read:,} pings in {facts.files_read:,} files "
        f"({facts.bytes_read / 1e6:,.1f} MB) "
        f"of {facts.pings_source}, {past.run.aggregates:,} aggregates in {facts.seconds:,.1f} s by "
        f"{facts.engine} {facts.program_version}, rules {facts.rules_version}"
    )


def _changed_line(past: PastRun) -> str:
    if past.changed is None:
        return "first run of the day"
    return f"changed since the run before: {past.changed or 'no definition'}"


def _channels_table(before: PastRun | None, after: PastRun) -> Table:
    columns = ("aggregates", "main crashes", "content crashes", "usage hours")
    table = _table("channel")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    old = {one.channel: one for one in before.totals} if before else {}
    new = {one.channel: one for one in after.totals}
    for channel in dict.fromkeys([*new, *old]):
        values = zip(_totals(old.get(channel)), _totals(new.get(channel)), strict=True)
        cells = [now if before is None else f"{was} → {now}" for was, now in values]
        table.add_row(_NOT_THERE if channel is None else channel, *cells)
    return table


def _totals(totals: ChannelTotals | None) -> tuple[str, ...]:
    if totals is None:
        return (_NOT_THERE,) * 4
    counts = (totals.aggregates, totals.main_crashes, totals.content_crashes)
    return (*(f"{number:,}" for number in counts), f"{totals.usage_hours:,.1f}")


def months_table(months: Sequence[Month]) -> Table:
    """Show months of the table with their sizes."""
    table = _table("month")
    for column in ("days", "aggregates", "MB"):
        table.add_column(column, justify="right")
    for month in months:
        size = f"{month.stored_bytes / 1e6:,.1f}"
        table.add_row(f"{month.first:%Y-%m}", str(month.days), f"{month.aggregates:,}", size)
    return table


def status_table(status: Any) -> Table:
    """Show each fact about the embedded server on a line."""
    table = _table("embedded server", "")
    for one in fields(status):
        value = getattr(status, one.name)
        table.add_row(one.name.replace("_", " "), _NOT_THERE if value is None else str(value))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column)
    return table
