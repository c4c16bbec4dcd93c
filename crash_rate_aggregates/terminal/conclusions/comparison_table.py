"""Two releases beside each other: every kind and method in a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.table import Table

from crash_rate_aggregates.database.assessments.assessment_rows import VerdictRow
from crash_rate_aggregates.terminal.cells import NOT_THERE, plain_table, printable
from crash_rate_aggregates.terminal.conclusions.verdict_lines import release_lines
from crash_rate_aggregates.verdicts.judged_kinds import kind_named

_MOST_RATIO = 100


def comparison_parts(rows: Sequence[VerdictRow], evening: date) -> list[Table | str]:
    """Return the verdict in two lines, then a row for each kind and method.

    Args:
        rows: On one release, of all methods.
        evening: The last submission date that was read.
    """
    decisive = [row for row in rows if row.is_decisive]
    if not decisive:
        return ["nothing that both releases send can be compared"]
    lines = "\n".join(release_lines(decisive, evening, None))
    table = plain_table("crashes", "compared by", "per 1,000", "before", "ratio", "verdict")
    for row in rows:
        kind = kind_named(row.kind)
        table.add_row(
            printable(kind.words if kind else row.kind),
            row.method,
            _rate(row.crashes, row.usage_hours),
            _rate(row.previous_crashes, row.previous_usage_hours),
            _ratio(row),
            printable(row.words) if row.is_decisive else f"({printable(row.state)})",
        )
    return [lines, table]


def _rate(crashes: float | None, hours: float | None) -> str:
    if crashes is None or not hours:
        return NOT_THERE
    return f"{1000 * crashes / hours:,.2f}"


def _ratio(row: VerdictRow) -> str:
    if row.ratio is None or row.lower_limit is None or row.upper_limit is None:
        return NOT_THERE
    # With hardly a crash it is a number of many digits, which says no more.
    upper = f"{row.upper_limit:.2f}" if row.upper_limit < _MOST_RATIO else f"over {_MOST_RATIO}"
    return f"{row.ratio:.2f} ({row.lower_limit:.2f} … {upper})"
