"""What was said on the newest assessed evening: verdicts on releases, and for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import psycopg

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.assessments.assessment_rows import VerdictRow
from crash_rate_aggregates.questions.asking import CHANNELS
from crash_rate_aggregates.questions.said.newest_evening import Evening, newest_evening
from crash_rate_aggregates.questions.statement import answered
from crash_rate_aggregates.verdicts.releases.contrast import Method

_statement = statements_beside(__name__)

_FAILED = "the verdicts could not be read"


@dataclass(frozen=True, slots=True)
class SaidVerdicts:
    """Verdicts of one evening."""

    evening: Evening
    rows: tuple[VerdictRow, ...]
    """By channel, each channel's newest release first."""

    def newest(self) -> tuple[VerdictRow, ...]:
        """Return those on the newest release of each channel, without experiments."""
        first: dict[str, str] = {}
        for row in self.rows:
            if row.method != Method.BY_LOT:
                first.setdefault(row.channel, row.label)
        return tuple(row for row in self.rows if first.get(row.channel) == row.label)

    def of(self, label: str) -> tuple[VerdictRow, ...]:
        """Return those on a release, of all channels that have it."""
        return tuple(row for row in self.rows if row.label == label)


def said_verdicts(connection: psycopg.Connection, application: str) -> SaidVerdicts:
    """Return what was said on the newest assessed evening.

    Raises:
        NotAssessedError: No day is assessed yet.
        DatabaseError: There are no tables yet.
    """
    with reading(connection, _FAILED) as cursor:
        evening = newest_evening(cursor)
        values = {
            "assessment_id": evening.assessment_id,
            "application": application,
            "channels": list(CHANNELS),
        }
        found = answered(cursor, _statement("said_verdicts").format(), values).records()
        names = [one.name for one in fields(VerdictRow)]
        rows = tuple(VerdictRow(**{name: row[name] for name in names}) for row in found)
    return SaidVerdicts(evening, rows)


@dataclass(frozen=True, slots=True)
class SaidExplanation:
    """One line of an explanation, as it was stored."""

    channel: str
    label: str | None
    kind: str
    list: str
    place: int
    segment: Mapping[str, str | None]
    words: str


def said_explanations(
    connection: psycopg.Connection,
    application: str,
    *,
    label: str | None,
    channel: str | None = None,
    kind: str | None = None,
) -> Sequence[SaidExplanation]:
    """Return why, as it was stored on the newest assessed evening.

    Args:
        connection: From `connect`.
        application: As people call it.
        label: The release that is called worse; None for all that is.
        channel: Only of it; None for all.
        kind: Likewise, of crashes.

    Raises:
        NotAssessedError: No day is assessed yet.
        DatabaseError: There are no tables yet.
    """
    values: dict[str, Any] = {
        "application": application,
        "label": label,
        "channel": channel,
        "kind": kind,
        "channels": list(CHANNELS),
    }
    with reading(connection, _FAILED) as cursor:
        values["assessment_id"] = newest_evening(cursor).assessment_id
        rows = answered(cursor, _statement("said_explanations").format(), values).records()
        names = [one.name for one in fields(SaidExplanation)]
        return [SaidExplanation(**{name: row[name] for name in names}) for row in rows]
