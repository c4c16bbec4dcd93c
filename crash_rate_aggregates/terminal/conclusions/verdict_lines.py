"""Verdicts and explanations as people read them: two lines a release, the figures in the second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from crash_rate_aggregates.database.assessments.assessment_rows import VerdictRow
from crash_rate_aggregates.terminal.cells import printable
from crash_rate_aggregates.verdicts.judged_kinds import JUDGED_KINDS, CountedBy, kind_named

_HEADLINE = "main_and_content_minus_shutdown"
_TOLD = ("worse", "better", "no change")
"""States that say something about the release."""
_ORDER = {"worse": 0, "data problem": 1}
_MILLION = 1e6
_INDENT = "  "


def leading(rows: Sequence[VerdictRow]) -> VerdictRow:
    """Return the verdict that is said first of a release: what is worse, else of both kinds.

    Args:
        rows: Decisive ones on one release, at least one.
    """
    return min(rows, key=_rank)


def _rank(row: VerdictRow) -> tuple[int, bool, float, int]:
    kind = kind_named(row.kind)
    is_headline = kind is not None and kind.is_headline
    is_worse = row.state == "worse"
    lower = row.lower_limit if is_worse and row.lower_limit else 0.0
    place = [one.name for one in JUDGED_KINDS].index(row.kind)
    # Of equals, what is worse is told by its own kind, and that nothing is by all crashes.
    if row.kind == _HEADLINE and not is_worse:
        place = -1
    return _ORDER.get(row.state, 2), not is_headline, -lower, place


def says_something(rows: Iterable[VerdictRow]) -> bool:
    """Tell whether any verdict is more than that nothing can be said."""
    return any(row.state in _TOLD for row in rows)


def release_lines(rows: Sequence[VerdictRow], evening: date, run_id: int | None) -> Iterator[str]:
    """Yield two lines on one release, and a third where more than one kind is worse.

    Args:
        rows: Decisive ones on the release, at least one.
        evening: The last submission date that was read.
        run_id: The newest run whose rows were read; None where it was asked just now.
    """
    first = leading(rows)
    yield printable(
        f"{first.label} ({first.channel}), {_words(first.kind)}: {first.words}, "
        f"compared with {first.previous_label}"
    )
    yield _INDENT + printable(f"{_figures(first)}; {_source(first, evening, run_id)}")
    also = [row for row in rows if row.state == "worse" and row is not first]
    if also:
        said = "; ".join(f"{_words(row.kind)} {row.words}" for row in sorted(also, key=_rank))
        yield _INDENT + printable(f"also {said}")


def _words(kind: str) -> str:
    known = kind_named(kind)
    return known.words if known else kind


def _figures(row: VerdictRow) -> str:
    unit = _unit(row)
    return (
        f"{_count(row.crashes)} {_words(row.kind)} in {_count(row.usage_hours)} {unit}, "
        f"{_count(row.previous_crashes)} in {_count(row.previous_usage_hours)} of "
        f"{row.previous_label}"
    )


def _unit(row: VerdictRow) -> str:
    kind = kind_named(row.kind)
    is_people = kind is not None and kind.counted_by is CountedBy.USER_DAYS
    return "user-days" if is_people else "hours"


def _source(row: VerdictRow, evening: date, run_id: int | None) -> str:
    run = f", run {run_id}" if run_id is not None else ""
    return f"day {row.age}, {row.method}, as of {evening}{run}"


def _count(value: float | None) -> str:
    if value is None:
        return "?"
    return f"{value / _MILLION:,.1f} million" if value >= _MILLION else f"{value:,.0f}"
