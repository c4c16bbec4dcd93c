"""One statement and its answer: whatever is asked of the database comes back this way."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import psycopg
from psycopg import sql

from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.errors import QueryError
from crash_rate_aggregates.questions.typed_statement import require_question

_CHUNK_ROWS = 100
"""Of an answer that come at once: few, as each may be of a megabyte."""


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


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """The result of a statement, of which only some rows are held at a time."""

    columns: tuple[str, ...]
    """As of `Answer`."""
    rows: Iterator[tuple[Any, ...]]
    """Values as Python's own types; errors of the statement come while they are read, too."""


@contextmanager
def asking(connection: psycopg.Connection, query: str) -> Iterator[StreamedAnswer]:
    """Run one statement that a person typed, in a read-only transaction, and give its rows.

    What is not read until the end of the `with` is not fetched: the statement is cancelled.

    Raises:
        QueryError: PostgreSQL rejects it, or it would change something.
    """
    with reading(connection, "the statement was rejected", QueryError) as cursor:
        require_question(connection, query)
        # Closed before the transaction ends, which needs the connection for itself.
        with closing(_stream(cursor, query)) as rows:
            yield _streamed(cursor, rows)


def ask(connection: psycopg.Connection, query: str, most: int | None = None) -> Answer:
    """Run one statement that a person typed, in a read-only transaction.

    Args:
        connection: From `connect`, outside any transaction.
        query: What was typed.
        most: How many rows are fetched; None for all.

    Raises:
        QueryError: PostgreSQL rejects it, or it would change something.
    """
    with asking(connection, query) as streamed:
        return Answer(streamed.columns, list(islice(streamed.rows, most)))


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


def _stream(cursor: psycopg.Cursor, query: str) -> Generator[tuple[Any, ...], None, None]:
    # Chunks need libpq 17; without them each row comes for itself, which only takes longer.
    size = _CHUNK_ROWS if psycopg.capabilities.has_stream_chunked() else 1
    # It speaks the extended protocol, as what asked about the text did, so it runs just that. As
    # bytes: a text with % in it is no template.
    yield from cursor.stream(query.encode(), size=size)


def _streamed(
    cursor: psycopg.Cursor, rows: Generator[tuple[Any, ...], None, None]
) -> StreamedAnswer:
    first = list(islice(rows, 1))
    if cursor.description is not None:
        columns = tuple(column.name for column in cursor.description)
    else:
        columns = _columns_of_none(cursor)
    return StreamedAnswer(columns, chain(first, rows))


def _columns_of_none(cursor: psycopg.Cursor) -> tuple[str, ...]:
    """Return the columns of a result without rows, which no row has told."""
    # The last statement of the extended protocol has the empty name, until the next one.
    described = cursor.connection.pgconn.describe_prepared(b"")
    names = (described.fname(number) for number in range(described.nfields))
    return tuple((name or b"").decode() for name in names)
