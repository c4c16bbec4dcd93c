"""The stored days as they were on the evening of one submission date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import compress
from typing import Any, LiteralString

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from crash_rate_aggregates.crash_kinds import CRASH_KINDS, CrashKind
from crash_rate_aggregates.database.access.read_only import reading
from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS

_statement = statements_beside(__name__)

_HEADLINES = tuple(one for one in CRASH_KINDS if one.name in {kind.name for kind in HEADLINE_KINDS})
HISTORY_DAYS = 182
"""Submission dates that are read at most: 26 weeks."""


@dataclass(frozen=True, slots=True)
class Columns:
    """An answer by columns: of many rows arrays are made, and no dictionary of each."""

    by_name: Mapping[str, Sequence[Any]]
    """As many values in each as there are rows."""

    def __getitem__(self, name: str) -> Sequence[Any]:
        return self.by_name[name]

    def rows(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Yield the values of some columns, row by row."""
        return zip(*(self.by_name[name] for name in names), strict=True)

    def integers(self, name: str) -> npt.NDArray[np.int64]:
        """Return a column of numbers."""
        return np.array(self.by_name[name], dtype=np.int64)

    def floats(self, name: str) -> npt.NDArray[np.float64]:
        """Return a column of numbers, NaN for NULL."""
        return np.array(self.by_name[name], dtype=np.float64)

    def where(self, chosen: npt.NDArray[np.bool_]) -> Columns:
        """Return some of the rows."""
        return Columns({name: list(compress(one, chosen)) for name, one in self.by_name.items()})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One view of the database, in which no later submission date is to be seen."""

    cursor: psycopg.Cursor[dict[str, Any]]
    day: date
    """The submission date whose evening it is: the last that is read."""
    runs: Mapping[date, int]
    """The stored submission dates up to it, and the run of each."""

    @property
    def first(self) -> date:
        """The first submission date that is read."""
        return self.day - timedelta(days=HISTORY_DAYS - 1)

    def columns(self, name: LiteralString, **values: Any) -> Columns:
        """Ask a statement of queries/ as `rows` does, for whole columns."""
        query = _statement(name).format(kinds=_sums(_HEADLINES), all_kinds=_sums(CRASH_KINDS))
        with self.cursor.connection.cursor() as cursor:
            cursor.execute(query, {"first": self.first, "last": self.day, **values})
            names = [column.name for column in cursor.description or ()]
            columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(names)
        return Columns(dict(zip(names, columns, strict=True)))

    def tuples(self, query: sql.Composed, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Ask a statement that is composed, for rows without names: there may be many."""
        with self.cursor.connection.cursor() as cursor:
            return cursor.execute(query, values).fetchall()

    def rows(self, name: LiteralString, **values: Any) -> Iterator[dict[str, Any]]:
        """Ask a statement of queries/ for its rows.

        Args:
            name: Of the file. `{kinds}` in it stands for a column for each headline kind, from
                sums over rows, `{all_kinds}` for those of all; `%(first)s` and `%(last)s` are the
                first and last submission date.
            values: Of further parameters.
        """
        query = _statement(name).format(kinds=_sums(_HEADLINES), all_kinds=_sums(CRASH_KINDS))
        self.cursor.execute(query, {"first": self.first, "last": self.day, **values})
        yield from self.cursor


@contextmanager
def evening_of(connection: psycopg.Connection, day: date) -> Iterator[Snapshot]:
    """Give the evening of a submission date, in one transaction that sees one state.

    Args:
        connection: From `connect`, as a role that may read all tables, outside any transaction.
        day: Stored or not.

    Raises:
        DatabaseError: There are no tables yet, or a statement took too long.
    """
    with (
        rejections(f"what is stored up to {day} could not be read"),
        connection.transaction(),
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        first = day - timedelta(days=HISTORY_DAYS - 1)
        cursor.execute(_statement("stored_days"), {"first": first, "last": day})
        runs = {row["submission_date"]: row["run_id"] for row in cursor}
        yield Snapshot(cursor, day, runs)


def stored_days(
    connection: psycopg.Connection, first: date | None = None, last: date | None = None
) -> list[date]:
    """Return the submission dates that are stored with rows, in order.

    Args:
        connection: From `connect`.
        first: None for the first stored.
        last: None for the last stored.

    Raises:
        DatabaseError: There are no tables yet.
    """
    values = {"first": first or date.min, "last": last or date.max}
    with reading(connection, "the stored days could not be read") as cursor:
        cursor.execute(_statement("stored_days"), values)
        return sorted(day for day, _ in cursor)


def _sums(kinds: Iterable[CrashKind]) -> sql.Composed:
    # One place for what a kind is made of, crash_kinds; a sum of NULL stays NULL: not counted then.
    return sql.SQL(", ").join(
        sql.SQL("sum({crashes})::double precision AS {kind}").format(
            crashes=sql.SQL(kind.crashes), kind=sql.Identifier(kind.name)
        )
        for kind in kinds
    )
