"""A real job on a real PostgreSQL, for the tests of the job."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.engines.interface import Engine
from crash_rate_aggregates.job import DaySummary, FailedDay, Job, backfill
from crash_rate_aggregates.ledger import LedgerKind
from crash_rate_aggregates.outcomes import Outcome
from crash_rate_aggregates.sources.stores.objects.storage_options import (
    USUAL_STORAGE,
    StorageOptions,
)
from test.engines.made_days import HeardProgress

TABLE = "SELECT * FROM crash_aggregates ORDER BY submission_date, activity_date, dimensions::text"


def made_job(
    pings: Path | str,
    url: str,
    scratch: Path,
    *,
    jobs: int = 2,
    dimensions: tuple[Dimension, ...] = DIMENSIONS,
    engine: Engine | None = None,
    storage: StorageOptions = USUAL_STORAGE,
) -> Job:
    """Make a job of an engine, else of the embedded one with so many processes."""
    chosen = engine or EmbeddedEngine(jobs, scratch, GroupingLimits("512MB", "1GB", jobs))
    return Job(str(pings), url, chosen, dimensions, HeardProgress(), storage=storage)


def filled(job: Job, *days: date, stop_on_error: bool = False) -> list[DaySummary | FailedDay]:
    """Run the days and return what became of them; workers of this machine end with the last."""
    try:
        return list(backfill(job, days, stop_on_error=stop_on_error))
    finally:
        if isinstance(job.engine, EmbeddedEngine):
            job.engine.close()


def rows(url: str, query: str = TABLE, *values: Any) -> list[tuple[Any, ...]]:
    """Ask the database."""
    with connect(url) as connection:
        return connection.execute(query.encode(), values or None).fetchall()


def outcomes(summary: DaySummary | FailedDay) -> dict[tuple[str, str], int]:
    """Return the outcomes in a ledger by doc type and name."""
    assert isinstance(summary, DaySummary), summary.error
    return {
        (line.doc_type, line.name): line.pings
        for line in summary.ledger.lines
        if line.kind == LedgerKind.OUTCOME
    }


def counted(summary: DaySummary | FailedDay) -> int:
    """Return how many pings a run counted."""
    pings = outcomes(summary).items()
    return sum(number for (_, name), number in pings if name == Outcome.COUNTED)
