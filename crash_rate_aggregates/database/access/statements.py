"""SQL that stands in .sql files, as psycopg composes it."""

from __future__ import annotations

from collections.abc import Callable

from psycopg import sql

from crash_rate_aggregates.sql_text import sql_text


def statements_beside(module: str) -> Callable[[str], sql.SQL]:
    """Return the reader of the files in `queries/` beside a module.

    Args:
        module: Its `__name__`. Values in a statement are parameters, identifiers `{}` fields.
    """
    package = module.rpartition(".")[0]

    def statement(name: str) -> sql.SQL:
        return sql.SQL(sql_text(package, f"queries/{name}"))

    return statement
