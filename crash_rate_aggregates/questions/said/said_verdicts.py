"""What was said on the newest assessed evening: verdicts on releases, and for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import psycopg

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.assessments.assessment_rows import VerdictRow
from crash_rate_aggregates.errors import NotAssessedError
from crash_rate_aggregates.questions.asking import CHANNELS
from crash_rate_aggregates.questions.statement import answered
from crash_rate_aggregates.verdicts.releases.contrast import Method

_statement = statements_beside(__name__)

_FAILED = "the verdicts could not be read"


@dataclass(frozen=True, slots=True)
class Evening:
    """The assessment that holds of the newest assessed submission date."""

    submission_date: date
    assessed_at: datetime
    method_version: int
    last_run_id: int
    """The newest run whose rows were read."""


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
    values = {"application": application, "channels": list(CHANNELS)}
    with reading(connection, _FAILED) as cursor:
        evening = _evening(cursor)
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
    values = {
        "application": application,
        "label": label,
        "channel": channel,
        "kind": kind,
        "channels": list(CHANNELS),
    }
    with reading(connection, _FAILED) as cursor:
        _evening(cursor)
        rows = answered(cursor, _statement("said_explanations").format(), values).records()
        names = [one.name for one in fields(SaidExplanation)]
        return [SaidExplanation(**{name: row[name] for name in names}) for row in rows]


def _evening(cursor: psycopg.Cursor) -> Evening:
    found: list[dict[str, Any]] = [
        *answered(cursor, _statement("newest_assessment").format(), {}).records()
    ]
    if not found:
        raise NotAssessedError(
            "no day is assessed yet: `run`, `backfill` and `daily` do so, and "
            "`crash-rate-aggregates assess` for days that are stored already"
        )
    return Evening(**found[0])
