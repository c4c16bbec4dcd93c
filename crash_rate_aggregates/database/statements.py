"""The SQL of this package, which stands in .sql files beside it."""

from __future__ import annotations

from functools import cache
from importlib import resources

from psycopg import sql


@cache
def statement(name: str) -> sql.SQL:
    """Return queries/<name>.sql; its values are parameters, its identifiers `{}` fields."""
    folder = resources.files(__package__) / "queries"
    text = (folder / f"{name}.sql").read_text(encoding="utf-8")
    return sql.SQL(text)
