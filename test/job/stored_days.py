"""What a database holds of each day, as digests: rows, last run, ledger and summaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import psycopg

from crash_rate_aggregates.rows import DAY_TABLES, SUMMARIES

_OWN = "'{run_id,started_at,finished_at,seconds}'::text[]"
"""What differs from run to run of the same pings."""
_TABLES = (*(table.name for table in DAY_TABLES), *SUMMARIES)
_OF_RUNS = " UNION ALL ".join(
    [
        (
            f"SELECT submission_date, 'runs', (to_jsonb(one) - {_OWN})::text "
            "FROM crash_aggregates_runs AS one JOIN last_runs USING (submission_date, run_id)"
        ),
        *(
            f"SELECT submission_date, '{part}', (to_jsonb(one) - {_OWN})::text "
            f"FROM crash_aggregates_{part} AS one JOIN last_runs USING (run_id)"
            for part in ("ledger", "run_totals", "damaged_files")
        ),
    ]
)


def _digests(tables: Iterable[str]) -> str:
    """Return the query for the digests of days, of those of their tables that are there."""
    of_tables = (
        f"SELECT submission_date, '{table}' AS part, (to_jsonb(one) - {_OWN})::text AS line "
        f"FROM {table} AS one"
        for table in tables
    )
    return f"""
WITH last_runs AS (
    SELECT submission_date, max(run_id) AS run_id, count(*) AS runs
    FROM crash_aggregates_runs
    GROUP BY submission_date
)
SELECT submission_date, md5(string_agg(part || line, E'\\n' ORDER BY part, line)),
    coalesce(max(runs), 0)
FROM ({" UNION ALL ".join((*of_tables, _OF_RUNS))}) AS lines
LEFT JOIN last_runs USING (submission_date)
GROUP BY submission_date
"""


@dataclass(frozen=True, slots=True)
class StoredDay:
    """What is stored of a day."""

    digest: str | None
    """Of all that is stored but the times and the number of the run; None if that is nothing."""
    runs: int
    """Recorded, the last and those before it."""


NOTHING = StoredDay(None, 0)


def stored_days(connection: psycopg.Connection) -> dict[date, StoredDay]:
    """Return every day of which anything is stored; none where there are no tables."""
    # An older database lacks some: a day of it has no rows there.
    there = connection.execute(
        "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL",
        ([*_TABLES],),
    ).fetchall()
    if not there:
        return {}
    rows = connection.execute(_digests(name for (name,) in there).encode()).fetchall()
    return {day: StoredDay(digest, runs) for day, digest, runs in rows}
