"""Every table of a day holds just what the engine computed, whatever clients sent."""

from __future__ import annotations

import json
import unittest
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from psycopg import sql
from psycopg.rows import dict_row

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.replace_day import replace_day
from crash_rate_aggregates.database.days.runs import DayToStore
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.engines.interface import DayRequest
from crash_rate_aggregates.rows import DAY_TABLES, DayTable
from test.database.sample_days import SUBMISSION_DATE, day
from test.dataset import json_text, raw
from test.engines.made_days import HeardProgress, day_request, write_day
from test.engines.people_contract import Rows, crash_of, main_of
from test.servers import fresh_database

HOSTILE = (
    "tab\t, line feed\n, return\r, \\N, \\. and \\",
    "\\N",
    '"{}',
    "'; DROP TABLE crash_releases; --",
    "é 😀 \u202e",
    " ",
    "x" * 300,
)
WITHOUT_TEXT = (raw(r'"\ud800"'), raw(r'"a\u0000b"'), raw('"\\u0007"'))


def hostile_pings() -> list[bytes]:
    """Make pings with each text wherever a table has one."""
    pings = []
    for number, text in enumerate([*HOSTILE, *WITHOUT_TEXT]):
        named = {
            "environment/build/version": text,
            "environment/build/displayVersion": text,
            "environment/system/os": {"name": text, "version": text},
            "environment/build/architecture": text,
            "environment/addons/activeExperiment": {"id": text, "branch": text},
            "application/name": text,
            "meta/geoCountry": text,
            "clientId": text,
        }
        said = {"payload/metadata": {"UtilityActorsName": text}}
        pings += [
            main_of(number, **named),
            crash_of(number, **named, **{"payload/processType": text}),
            crash_of(number, **said, **{"payload/processType": "utility"}),
        ]
    keyed = {text: {"sum": 1} for text in HOSTILE}
    pings.append(main_of(1, **{"payload/keyedHistograms/SUBPROCESS_CRASHES_WITH_DUMP": keyed}))
    experiments = {text: {"branch": text} for text in HOSTILE}
    pings.append(main_of(1, **{"environment/experiments": experiments}))
    escaped = b'{"\\ud800": {"branch": "\\ud800"}, "a\\u0000": {"branch": "b\\u0000"}}'
    pings.append(main_of(1, **{"environment/experiments": raw(escaped)}))
    return [json_text(ping) for ping in pings]


def computed_and_stored(
    request: DayRequest, scratch: Path, url: str
) -> tuple[dict[DayTable, Rows], dict[DayTable, Rows]]:
    """Compute a day, store it, and return its rows as they were and as they are."""
    engine = EmbeddedEngine(2, scratch, GroupingLimits("512MB", "1GB", 2))
    with engine.aggregate_day(request, HeardProgress()) as result, connect(url) as connection:
        migrate(connection)
        ensure_partition(connection, SUBMISSION_DATE)
        tables = {table: list(batches) for table, batches in result.tables.items()}
        facts = replace(day().facts, pings_read=result.pings_read)
        replace_day(connection, DayToStore(SUBMISSION_DATE, tables, result.ledger, (), facts))
        cursor = connection.cursor(row_factory=dict_row)
        stored = {
            table: cursor.execute(
                sql.SQL("SELECT {} FROM {}").format(
                    sql.SQL(", ").join(map(sql.Identifier, table.schema.names)),
                    sql.Identifier(table.name),
                )
            ).fetchall()
            for table in tables
        }
    made = {
        table: [row for one in parts for row in one.to_pylist()] for table, parts in tables.items()
    }
    return made, stored


def comparable(row: dict[str, Any]) -> str:
    """Return a row as a text, of which the order of JSON's members is no part."""
    values = row.get("dimensions", "{}")
    found = json.loads(values) if isinstance(values, str) else values
    return repr(row | {"dimensions": sorted(found.items())})


class StoredAsComputedTest(unittest.TestCase):
    def test_hostile_texts(self) -> None:
        """Each row of each table comes back as it was, with every text in every place."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        root = write_day(folder / "pings", {"0.json": b"\n".join(hostile_pings())})
        made, stored = computed_and_stored(
            day_request(root, tables=DAY_TABLES), folder / "scratch", fresh_database(self)
        )
        for table, rows in made.items():
            with self.subTest(table=table.name):
                self.assertGreater(len(rows), 5)
                self.assertCountEqual(map(comparable, stored[table]), map(comparable, rows))


if __name__ == "__main__":
    unittest.main()
