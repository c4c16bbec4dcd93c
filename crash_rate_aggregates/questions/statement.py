"""One statement and its answer: whatever is asked of the database comes back this way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.errors import QueryError
from crash_rate_aggregates.questions.typed_statement import require_question


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a statement."""

    columns: tuple[str, ...]
    """Names, which may repeat; empty for a statement without result."""
    rows: list[tuple[Any, ...]]
    """Values as Python's own types."""

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield each row by the names of its columns, where no two are alike."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


def ask(connection: psycopg.Connection, query: str) -> Answer:
    """Run one statement that a person typed, in a read-only transaction.

    Raises:
        QueryError: PostgreSQL rejects it, or it would change something.
    """
    with reading(connection, "the statement was rejected", QueryError) as cursor:
        require_question(connection, query)
        # A pipeline speaks the extended protocol too, so it runs what was asked about and no more.
        with connection.pipeline():
            cursor.execute(query)
        return _answer(cursor)


def answered(
    cursor: psycopg.Cursor, query: str | sql.Composed, values: Mapping[str, Any]
) -> Answer:
    """Run one statement of ours, inside `reading`.

    Args:
        cursor: From `reading`.
        query: With `%(name)s` for each value.
        values: At least those that the query names.
    """
    # Only a query of ours comes here, never a text that a person typed.
    cursor.execute(query.encode() if isinstance(query, str) else query, values)
    return _answer(cursor)


def _answer(cursor: psycopg.Cursor) -> Answer:
    if cursor.description is None:
        return Answer((), [])
    return Answer(tuple(column.name for column in cursor.description), cursor.fetchall())
