"""ClickHouse in the process (chdb), JSONEachRow with the needed columns, errors allowed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import chdb
import pyarrow.parquet as pq

from benchmarks.sums import GROUP_COLUMNS, SUMS


def main(pings: str, output: str, cores: str) -> None:
    """Group the day."""
    query = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    run: Callable[[str], object] = chdb.query
    run(query.format(pings=pings, output=output, cores=cores))
    # An alias may not bear the name of a column that it reads.
    table = pq.read_table(output).rename_columns([*GROUP_COLUMNS, *SUMS])
    pq.write_table(table, output)


if __name__ == "__main__":
    main(*sys.argv[1:])
