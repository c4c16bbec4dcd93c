"""What a person may type as a question: PostgreSQL itself says whether a text is one."""

from __future__ import annotations

import logging

import psycopg
from psycopg.pq import ExecStatus

from crash_rate_aggregates.errors import QueryError

_log = logging.getLogger(__name__)

_POWERS = """
SELECT current_user, rolsuper OR EXISTS (
    SELECT FROM unnest(ARRAY[
        'pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files'
    ]) AS role WHERE pg_has_role(role, 'MEMBER')
) FROM pg_roles WHERE rolname = current_user
"""


def require_question(connection: psycopg.Connection, query: str) -> None:
    """Pass if the text is one statement that gives rows; nothing of it is run.

    COPY, DO, SET, COMMIT and all that changes something give none, so none of them is ever begun,
    whatever comments, parentheses or texts it hides behind.

    Args:
        connection: In the transaction in which the question will be asked.
        query: What was typed.

    Raises:
        psycopg.Error: PostgreSQL cannot read it, or it is several statements.
        QueryError: It gives no rows.
    """
    # The extended protocol takes one statement, and no second one that would end the read-only
    # transaction first.
    _check(connection, connection.pgconn.prepare(b"", query.encode()))
    described = connection.pgconn.describe_prepared(b"")
    _check(connection, described)
    if described.nfields == 0:
        raise QueryError(
            "the statement was rejected: it gives no rows, so it is no question, write a SELECT"
        )


def warn_of_powers(connection: psycopg.Connection) -> None:
    """Warn of a role whose functions reach beyond the database, also in a read-only transaction."""
    row = connection.execute(_POWERS).fetchone()
    if row is not None and row[1]:
        _log.warning(
            "warning: %s may read and write files of the server and run programs there, and so may "
            "any function in a statement: ask as the reader that `database init` makes",
            row[0],
        )


def _check(connection: psycopg.Connection, result: psycopg.pq.abc.PGresult) -> None:
    if result.status != ExecStatus.COMMAND_OK:
        raise psycopg.errors.error_from_result(result, connection.info.encoding)
