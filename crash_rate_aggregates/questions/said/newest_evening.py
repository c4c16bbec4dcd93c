"""The evening that all faces speak of: the newest assessed submission date, by what holds of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import psycopg

from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.errors import NotAssessedError

_statement = statements_beside(__name__)


@dataclass(frozen=True, slots=True)
class Evening:
    """The assessment that holds of the newest assessed submission date."""

    assessment_id: int
    submission_date: date
    assessed_at: datetime
    last_run_id: int
    """The newest run whose rows were read."""
    newest_stored: date | None
    """The newest stored submission date, assessed or not."""


def newest_evening(cursor: psycopg.Cursor) -> Evening:
    """Return it.

    Args:
        cursor: From `reading`, with rows as tuples.

    Raises:
        NotAssessedError: No day is assessed yet.
    """
    row = cursor.execute(_statement("newest_evening")).fetchone()
    if row is None:
        raise NotAssessedError(
            "no day is assessed yet: `run`, `backfill` and `daily` do so, and "
            "`crash-rate-aggregates assess` for days that are stored already"
        )
    return Evening(*row)
