"""Crashes and hours of two periods by all dimensions, for an explanation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from psycopg import sql

from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.questions.inputs.snapshot import Snapshot
from crash_rate_aggregates.questions.inputs.successions import Release
from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.explanation.leaves import Leaves, leaves_from_columns
from crash_rate_aggregates.verdicts.judged_kinds import JudgedKind

_statement = statements_beside(__name__)

MOST_DAYS = 7
"""Of a side: a week tells of all weekdays, and more would take its time."""
_OF_ALL = frozenset({"application", "channel"})
"""The same in both periods, so they explain nothing."""
_OF_RELEASES = frozenset({"build_version", "build_id"})
"""What tells two releases apart."""


@dataclass(frozen=True, slots=True)
class Periods:
    """Which crashes are compared with which."""

    application: str
    channel: str
    kind: JudgedKind
    """One that stats count."""
    first_day: date
    """First activity date of the later period."""
    before_first: date
    """Of the earlier one."""
    release: Release | None = None
    """Where both are of releases, at the same ages and as late: the later one."""
    previous: Release | None = None
    """And the earlier one."""

    def values(self, last: date) -> dict[str, Any]:
        """Return the parameters of the statements, which read nothing after `last`."""
        elapsed = (last - self.first_day).days
        values = {
            "application": self.application,
            "channel": self.channel,
            "last": last,
            "before_first": self.before_first,
            "first_day": max(self.first_day, last - timedelta(days=MOST_DAYS - 1)),
        }
        if self.release is None or self.previous is None:
            return values
        return {
            **values,
            "label": self.release.label,
            "first_day": self.first_day,
            "previous_label": self.previous.label,
            "previous_first": self.before_first,
            "ages": min(elapsed + 1, MOST_DAYS),
            "elapsed": elapsed,
        }


def read_leaves(snapshot: Snapshot, periods: Periods) -> Leaves:
    """Return both periods by all dimensions that do not tell them apart.

    Of an alarm that lasts longer, the newest 7 dates.
    """
    of_releases = periods.release is not None
    left_out = _OF_ALL | _OF_RELEASES if of_releases else _OF_ALL
    names = [row["name"] for row in snapshot.rows("dimensions")]
    used = [name for name in names if name not in left_out]
    query = _statement("leaves_of_releases" if of_releases else "leaves_of_days").format(
        dimensions=sql.SQL(", ").join(
            sql.SQL("dimensions ->> {}").format(sql.Literal(name)) for name in used
        ),
        crashes=sql.SQL(periods.kind.crashes),
    )
    return _from_rows(used, snapshot.tuples(query, periods.values(snapshot.day)))


@dataclass(frozen=True, slots=True)
class ProcessCrashes:
    """Crashes of both periods by process and class."""

    rows: Sequence[tuple[str, str | None]]
    """Process type and class."""
    before: Floats
    now: Floats


def read_processes(snapshot: Snapshot, periods: Periods) -> ProcessCrashes:
    """Return what crashed in both periods, as far as the kind holds it."""
    name = "processes_of_releases" if periods.release is not None else "processes_of_days"
    found = [
        row
        for row in snapshot.rows(name, **periods.values(snapshot.day))
        if periods.kind.holds_process(row["process"])
    ]
    return ProcessCrashes(
        [(row["process"], row["crash_class"]) for row in found],
        np.array([row["before"] for row in found], dtype=float),
        np.array([row["now"] for row in found], dtype=float),
    )


def _from_rows(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Leaves:
    columns = list(zip(*rows, strict=True)) or [()] * (len(names) + 4)
    return leaves_from_columns(
        dict(zip(names, columns[: len(names)], strict=True)), *columns[len(names) :]
    )
