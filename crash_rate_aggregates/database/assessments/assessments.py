"""Store what was said about a day, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import groupby
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from crash_rate_aggregates.database.access.rejections import rejections
from crash_rate_aggregates.database.access.statements import statements_beside
from crash_rate_aggregates.database.assessments.assessment_rows import ANSWER_TABLES, Row

_statement = statements_beside(__name__)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was said about one submission date."""

    submission_date: date
    assessed_at: datetime
    """Aware."""
    program_version: str
    method_version: int
    last_run_id: int
    """The newest run whose rows were read."""
    seconds: float
    rows: Sequence[Row]


def store_assessment(connection: psycopg.Connection, assessment: Assessment) -> int:
    """Add it in one transaction and return its number.

    Args:
        connection: From `connect`, as the role that fills days, outside any transaction.
        assessment: Complete.

    Raises:
        DatabaseError: PostgreSQL refuses; nothing of it is stored.
    """
    day = assessment.submission_date
    with (
        rejections(f"the assessment of {day} was not stored"),
        connection.transaction(),
        connection.cursor() as cursor,
    ):
        number = _begun(cursor, assessment)
        # In the order of the tables, as rows of one kind go in together.
        kinds = [*ANSWER_TABLES]
        rows = sorted(assessment.rows, key=lambda row: kinds.index(type(row)))
        for kind, of_kind in groupby(rows, type):
            _insert(cursor, kind, [*of_kind], number)
    return number


def _begun(cursor: psycopg.Cursor, assessment: Assessment) -> int:
    names = [one.name for one in fields(assessment) if one.name != "rows"]
    cursor.execute(
        _statement("insert_assessment"), {name: getattr(assessment, name) for name in names}
    )
    row = cursor.fetchone()
    if row is None:
        raise psycopg.DataError("the assessment was stored without a number")
    return int(row[0])


def _insert(cursor: psycopg.Cursor, kind: type[Row], rows: Sequence[Row], number: int) -> None:
    names = ["assessment_id", *(one.name for one in fields(kind))]
    insert = sql.SQL("INSERT INTO {table} ({columns}) VALUES ({values})").format(
        table=sql.Identifier(ANSWER_TABLES[kind]),
        columns=sql.SQL(", ").join(map(sql.Identifier, names)),
        values=sql.SQL(", ").join(map(sql.Placeholder, names)),
    )
    cursor.executemany(insert, [_values(row, number) for row in rows])


def _values(row: Row, number: int) -> dict[str, Any]:
    values = {one.name: getattr(row, one.name) for one in fields(row)}
    objects = {name: Jsonb(dict(one)) for name, one in values.items() if isinstance(one, Mapping)}
    return {**values, **objects, "assessment_id": number}
