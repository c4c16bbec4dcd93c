"""What PostgreSQL rejects becomes one sentence of our own error tree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from crash_rate_aggregates.errors import DatabaseError, LockTimeoutError, QueryError


@contextmanager
def rejections(doing: str, rejected: type[DatabaseError] = DatabaseError) -> Iterator[None]:
    """Turn psycopg's errors into ours.

    Args:
        doing: What was tried, as the start of a sentence, like `2016-03-14 was not stored`.
        rejected: The error for a statement that the server does not accept.

    Raises:
        LockTimeoutError: Another session kept a lock for too long.
        QueryError: The statement was cancelled.
        DatabaseError: The server is gone, full or does not accept the statement.
    """
    try:
        yield
    # The first four are OperationalErrors too, so they come before that one.
    except errors.LockNotAvailable as error:
        raise LockTimeoutError(
            f"{doing}: {server_message(error)}; end the session that holds the lock"
        ) from error
    except errors.DiskFull as error:
        raise DatabaseError(
            f"{doing}: {server_message(error)}; free space on PostgreSQL's disk"
        ) from error
    except errors.QueryCanceled as error:
        raise QueryError(
            f"{doing}: {server_message(error)}; see statement_timeout if nobody cancelled it"
        ) from error
    except errors.ProtocolViolation as error:  # As for a parameter without a value.
        raise rejected(f"{doing}: {server_message(error)}") from error
    except UnicodeEncodeError as error:
        raise rejected(f"{doing}: {error.object[error.start]!a} is no character") from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise DatabaseError(f"{doing}: {server_message(error)}; see PostgreSQL's log") from error
    except psycopg.Error as error:
        # Where the fault stands helps only who has typed the statement.
        position = error.diag.statement_position if rejected is QueryError else None
        where = f" (at character {position})" if position else ""
        raise rejected(f"{doing}: {server_message(error)}{where}") from error


def server_message(error: psycopg.Error) -> str:
    """Return the server's primary message, or the first line of the client's."""
    if error.diag.message_primary is not None:
        return error.diag.message_primary
    lines = str(error).splitlines()
    return lines[0].strip() if lines else type(error).__name__
