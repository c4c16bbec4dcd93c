"""For whom a release or a channel crashes more: the rows of explanations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crash_rate_aggregates.database.assessments.assessment_rows import ExplanationRow
from crash_rate_aggregates.questions.inputs.period_leaves import (
    Periods,
    read_leaves,
    read_processes,
)
from crash_rate_aggregates.questions.inputs.snapshot import Snapshot
from crash_rate_aggregates.verdicts.explanation.explanation import Explanation, Segment, explain
from crash_rate_aggregates.verdicts.explanation.leaves import Totals
from crash_rate_aggregates.verdicts.explanation.ranked_processes import (
    RankedProcess,
    ranked_processes,
)
from crash_rate_aggregates.verdicts.explanation.segment_wording import (
    NO_PROCESS,
    NOTHING,
    process_line,
    segment_line,
)

SEGMENTS, PROCESSES = "segments", "processes"
"""The two lists: hours can be divided by the first, and not by the second."""


def explanation_rows(snapshot: Snapshot, periods: Periods, phi: float) -> Iterator[ExplanationRow]:
    """Yield the segments that stand out, then the processes; a row that says so where none does.

    Args:
        snapshot: Of the evening.
        periods: What is compared with what.
        phi: Variance of counts over their mean.
    """
    leaves = read_leaves(snapshot, periods)
    explanation = explain(leaves, phi)
    yield from _segment_rows(periods, explanation)
    yield from _process_rows(periods, _processes(snapshot, periods, explanation.totals, phi))


def _processes(
    snapshot: Snapshot, periods: Periods, totals: Totals, phi: float
) -> tuple[RankedProcess, ...]:
    if not (totals.hours_before > 0 and totals.hours_now > 0):
        return ()
    crashed = read_processes(snapshot, periods)
    ratio = totals.hours_now / totals.hours_before
    return ranked_processes(crashed.rows, crashed.before, crashed.now, ratio, phi)


def _segment_rows(periods: Periods, explanation: Explanation) -> Iterator[ExplanationRow]:
    if not explanation.segments:
        yield _nothing(periods, SEGMENTS, NOTHING)
    for place, one in enumerate(explanation.segments, 1):
        yield _row(periods, SEGMENTS, place, one, one.values, segment_line(one))


def _process_rows(periods: Periods, ranked: tuple[RankedProcess, ...]) -> Iterator[ExplanationRow]:
    if not ranked:
        yield _nothing(periods, PROCESSES, NO_PROCESS)
    for place, one in enumerate(ranked, 1):
        values = {"process": one.process, "class": one.crash_class}
        yield _row(periods, PROCESSES, place, one, values, process_line(one))


def _row(  # noqa: PLR0917  A row has as many sources.
    periods: Periods,
    listed: str,
    place: int,
    one: Segment | RankedProcess,
    values: Mapping[str, str | None],
    words: str,
) -> ExplanationRow:
    return ExplanationRow(
        *_of(periods),
        listed,
        place,
        values,
        words,
        one.crashes,
        one.expected,
        one.excess,
        one.share,
        one.ratio,
        one.lower,
        one.upper,
    )


def _nothing(periods: Periods, listed: str, words: str) -> ExplanationRow:
    return ExplanationRow(*_of(periods), listed, 0, {}, words)


def _of(periods: Periods) -> tuple[str, str, str | None, str]:
    label = periods.release.label if periods.release else None
    return periods.application, periods.channel, label, periods.kind.name
