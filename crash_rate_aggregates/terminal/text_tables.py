"""Tables for people: ledgers, histories, months, the embedded server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from rich.table import Table

from crash_rate_aggregates.database.days.runs import RecordedDay
from crash_rate_aggregates.database.schema.retention import Month
from crash_rate_aggregates.ledger import LedgerKind, LedgerLine
from crash_rate_aggregates.outcomes import Outcome
from crash_rate_aggregates.questions.history import ChannelTotals, PastRun
from crash_rate_aggregates.terminal.cells import NOT_THERE, cell, plain_table, printable

_LEDGER_TITLES = {
    LedgerKind.OUTCOME: "what became of them",
    LedgerKind.ADJUSTMENT: "adjusted and counted",
    LedgerKind.PROCESS_TYPE: "counted crash pings by process",
    LedgerKind.DOC_TYPE: "ignored pings by what they say they are",
}


def ledger_tables(stored: RecordedDay) -> list[Table | str]:
    """Show what became of every ping of a day: outcomes by doc type, then adjustments."""
    run = stored.run
    total = f"{run.facts.pings_read:,} pings in {run.facts.files_read:,} files"
    shown: list[Table | str] = [f"{run.submission_date}: {total}"]
    shown += [
        _by_doc_type(title, stored.ledger.lines, kind)
        for kind, title in _LEDGER_TITLES.items()
        if any(line.kind == kind for line in stored.ledger.lines)
    ]
    shown += [printable(f"damaged: {one.file}: {one.reason}") for one in stored.damaged]
    return shown


def _by_doc_type(title: str, lines: Sequence[LedgerLine], kind: LedgerKind) -> Table:
    of_kind = [line for line in lines if line.kind == kind]
    doc_types = sorted({line.doc_type for line in of_kind}, key=_doc_type_order)
    table = plain_table(title)
    for doc_type in (*doc_types, "all"):
        table.add_column(printable(doc_type), justify="right")
    for name in sorted({line.name for line in of_kind}, key=_outcome_order):
        pings = {line.doc_type: line.pings for line in of_kind if line.name == name}
        cells = [pings.get(doc_type, 0) for doc_type in doc_types]
        table.add_row(cell(name), *(f"{number:,}" for number in (*cells, sum(cells))))
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
    return printable(
        f"run {past.run.run_id}, stored {past.run.finished_at:%Y-%m-%d %H:%M:%S} UTC: "
        f"{facts.pings_read:,} pings in {facts.files_read:,} files "
        f"({facts.bytes_read / 1e6:,.1f} MB) "
        f"of {facts.pings_source}, {past.run.aggregates:,} aggregates in {facts.seconds:,.1f} s by "
        f"{facts.engine} {facts.program_version}, rules {facts.rules_version}"
    )


def _changed_line(past: PastRun) -> str:
    if past.changed is None:
        return "first run of the day"
    return printable(f"changed since the run before: {past.changed or 'no definition'}")


def _channels_table(before: PastRun | None, after: PastRun) -> Table:
    columns = ("aggregates", "main crashes", "content crashes", "usage hours")
    table = plain_table("channel")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    old = {one.channel: one for one in before.totals} if before else {}
    new = {one.channel: one for one in after.totals}
    for channel in dict.fromkeys([*new, *old]):
        values = zip(_totals(old.get(channel)), _totals(new.get(channel)), strict=True)
        cells = [now if before is None else f"{was} → {now}" for was, now in values]
        table.add_row(cell(channel), *cells)
    return table


def _totals(totals: ChannelTotals | None) -> tuple[str, ...]:
    if totals is None:
        # The run had no such channel, or its version kept no totals: unknown, and not 0.
        return (NOT_THERE,) * 4
    counts = (totals.aggregates, totals.main_crashes, totals.content_crashes)
    return (*(f"{number:,}" for number in counts), f"{totals.usage_hours:,.1f}")


def months_table(months: Sequence[Month]) -> Table:
    """Show months of the table with their sizes."""
    table = plain_table("month")
    for column in ("days", "aggregates", "MB"):
        table.add_column(column, justify="right")
    for month in months:
        size = f"{month.stored_bytes / 1e6:,.1f}"
        table.add_row(f"{month.first:%Y-%m}", str(month.days), f"{month.aggregates:,}", size)
    return table


def status_table(status: Any) -> Table:
    """Show each fact about the embedded server on a line."""
    table = plain_table("embedded server", "")
    for one in fields(status):
        value = getattr(status, one.name)
        table.add_row(one.name.replace("_", " "), cell(value))
    return table
