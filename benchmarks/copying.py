"""COPY of a million aggregates into the table as it is in use: partitioned, its indexes on."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
import pyarrow as pa
from psycopg import sql

from benchmarks.sums import DAY
from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.days.copy_text import columns_of, copy_text
from crash_rate_aggregates.database.schema.migrate import migrate
from crash_rate_aggregates.database.schema.partitions import ensure_partition
from crash_rate_aggregates.database.server.launcher import EmbeddedServer
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.normalize.dimension_values import DimensionTexts
from crash_rate_aggregates.rows import CRASH_AGGREGATES
from crash_rate_aggregates.sample_pings.world_2016.clients import draw_client, draw_session_seconds
from crash_rate_aggregates.stats import STAT_NAMES

ROWS = 1_000_000
_BATCH_ROWS = 20_000


def measure_copy() -> float:
    """Return rows a second, the commit included, in an embedded server of its own."""
    batches = list(_batches())
    with tempfile.TemporaryDirectory(prefix="benchmark-server-") as home:
        # Where root measures, the server's user must be able to enter.
        Path(home).chmod(0o755)
        server = EmbeddedServer(Path(home))
        try:
            with server.running() as url, connect(url) as connection:
                migrate(connection)
                ensure_partition(connection, DAY)
                began = time.monotonic()
                _copy(connection, batches)
                return ROWS / (time.monotonic() - began)
        finally:
            server.stop()


def _copy(connection: psycopg.Connection, batches: list[pa.RecordBatch]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, columns_of(CRASH_AGGREGATES)))
    copy_day = sql.SQL("COPY crash_aggregates ({columns}) FROM STDIN").format(columns=columns)
    with (
        connection.transaction(),
        connection.cursor() as cursor,
        cursor.copy(copy_day) as copy,
    ):
        for batch in batches:
            for piece in copy_text(CRASH_AGGREGATES, batch, DAY):
                copy.write(piece)


def _batches() -> Iterator[pa.RecordBatch]:
    """Make rows with the dimensions of sample clients and small sums."""
    random = Random(1)
    texts = DimensionTexts(DIMENSIONS)
    for _ in range(ROWS // _BATCH_ROWS):
        dimensions = [_dimensions(texts, random) for _ in range(_BATCH_ROWS)]
        seconds = [draw_session_seconds(random) for _ in range(_BATCH_ROWS)]
        stats = {name: [0] * _BATCH_ROWS for name in STAT_NAMES}
        stats |= {"ping_count": [1] * _BATCH_ROWS, "usage_seconds": seconds}
        columns = [[DAY] * _BATCH_ROWS, dimensions, *stats.values()]
        arrays = [
            pa.array(values, kind.type)
            for values, kind in zip(columns, CRASH_AGGREGATES.schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=CRASH_AGGREGATES.schema)


def _dimensions(texts: DimensionTexts, random: Random) -> str:
    client = draw_client(DAY, random)
    return texts.text(
        (
            client.build.version,
            client.build.build_id,
            client.channel.name,
            "Firefox",
            client.os_name,
            client.os_version,
            client.architecture,
            client.country,
            client.experiment,
            None,
            client.e10s,
            None,
        )
    )[0]


if __name__ == "__main__":
    print(f"{measure_copy():,.0f} rows a second")
