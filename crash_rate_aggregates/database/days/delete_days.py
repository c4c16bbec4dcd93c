"""Delete the rows of submission dates, before others come in their place or for good."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import psycopg
from psycopg import sql


def delete_days(
    connection: psycopg.Connection, tables: Iterable[str], first: date, last: date
) -> None:
    """Delete from each table what it holds of the dates from the first to the last.

    Args:
        connection: In a transaction that holds the locks of these days.
        tables: Names; each has a column `submission_date`.
        first: The first submission date.
        last: The last one, included.
    """
    delete = sql.SQL("DELETE FROM {table} WHERE submission_date BETWEEN %(first)s AND %(last)s")
    for name in tables:
        connection.execute(
            delete.format(table=sql.Identifier(name)), {"first": first, "last": last}
        )
