"""Keep the summaries of a submission date and the totals of its run, exact and in one transaction.

Dashboards ask these small tables; `crash_aggregates` itself is too large to be asked all the time.
"""

from __future__ import annotations

import logging
from datetime import date

import psycopg
from psycopg import sql

from crash_rate_aggregates.crash_kinds import summed
from crash_rate_aggregates.database.access.locks import changing_day
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.days.delete_days import delete_days
from crash_rate_aggregates.rows import DAY_TABLES, FOLDED_DAYS, STRATUM_COUNTRIES, SUMMARIES
from crash_rate_aggregates.stats import STAT_NAMES, STATS

_statement = statements_beside(__name__)

_WORK_MEMORY = "64MB"
"""Enough to group the 250,000 aggregates of a day in memory."""
_log = logging.getLogger(__name__)

_STATS = sql.SQL(", ").join(map(sql.Identifier, STAT_NAMES))
_SUMS = sql.SQL(", ").join(
    sql.SQL("({sum})::bigint AS {stat}").format(
        sum=sql.SQL(summed(stat, stat.name)), stat=sql.Identifier(stat.name)
    )
    for stat in STATS
)


def summarize_day(connection: psycopg.Connection, submission_date: date, run_id: int) -> None:
    """Sum up the rows of the day as they are in the table now; needs the day's transaction.

    Args:
        connection: In a transaction that holds the day's lock.
        submission_date: Whose summaries are replaced.
        run_id: The run that stored the rows, for its totals.
    """
    # For the rest of the transaction only: a server's default of 4 MB would sort on disk.
    connection.execute(
        "SELECT set_config('work_mem', %(work_memory)s, true)", {"work_memory": _WORK_MEMORY}
    )
    delete_days(connection, (*SUMMARIES, FOLDED_DAYS), submission_date, submission_date)
    of_tables = [f"summarize_{table.name}" for table in DAY_TABLES if table.summaries]
    # The totals of the run are sums of a summary, so they come last.
    for name in (*of_tables, "insert_run_totals"):
        connection.execute(
            _statement(name).format(stats=_STATS, sums=_SUMS),
            {
                "submission_date": submission_date,
                "run_id": run_id,
                "stratum_countries": STRATUM_COUNTRIES,
            },
        )
    connection.execute(
        "INSERT INTO crash_aggregates_folded_days (submission_date, applications) "
        "VALUES (%(submission_date)s, crash_applications_digest())",
        {"submission_date": submission_date},
    )


def summarize_stored_days(connection: psycopg.Connection) -> list[date]:
    """Sum up the days that an older version stored, each in a transaction of its own.

    Args:
        connection: From `connect`, outside any transaction.

    Returns:
        The submission dates that were summed up now.

    Raises:
        DatabaseError: PostgreSQL refuses; days that are done stay done.
    """
    with rejections("the stored days could not be summed up"):
        runs = connection.execute(_statement("days_to_summarize")).fetchall()
        return [day for day, run_id in runs if _summarize_stored_day(connection, day, run_id)]


def _summarize_stored_day(
    connection: psycopg.Connection, submission_date: date, run_id: int
) -> bool:
    """Sum up one day unless another process was faster or stored it anew."""
    with changing_day(connection, submission_date):
        if (submission_date, run_id) not in connection.execute(_statement("days_to_summarize")):
            return False
        summarize_day(connection, submission_date, run_id)
    _log.info("summed up %s for dashboards", submission_date)
    return True
