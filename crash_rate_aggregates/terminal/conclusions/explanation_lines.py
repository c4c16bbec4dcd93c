"""Explanations as people read them: a line for each segment, then for each process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

from crash_rate_aggregates.terminal.cells import printable
from crash_rate_aggregates.verdicts.judged_kinds import kind_named

_HEADINGS = {"segments": "for whom", "processes": "which process"}


class ExplainedLine(Protocol):
    """A line of an explanation, stored or computed."""

    @property
    def channel(self) -> str:
        """Of the crashes."""

    @property
    def label(self) -> str | None:
        """The release; None of a channel's alarm or period."""

    @property
    def kind(self) -> str:
        """Of the crashes."""

    @property
    def list(self) -> str:
        """Segments or processes."""

    @property
    def words(self) -> str:
        """What is said."""


def explanation_parts(rows: Sequence[ExplainedLine]) -> Iterator[str]:
    """Yield a heading for each release and kind with its lines below it."""
    if not rows:
        yield "nothing is worse, so there is nothing to explain"
    for (channel, label, name), of_kind in groupby(
        rows, key=lambda row: (row.channel, row.label, row.kind)
    ):
        kind = kind_named(name)
        about = f"{label} ({channel})" if label else channel
        yield printable(f"{about}, {kind.words if kind else name}:")
        for listed, lines in groupby(of_kind, key=lambda row: row.list):
            for row in lines:
                yield printable(f"  {_HEADINGS[listed]}: {row.words}")
