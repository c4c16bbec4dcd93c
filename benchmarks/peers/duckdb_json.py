"""DuckDB's read_json with the needed columns, typed, with ignore_errors."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb


def main(pings: str, output: str, cores: str) -> None:
    """Group the day."""
    query = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").format(output=output)
    connection = duckdb.connect(
        config={"threads": int(cores), "preserve_insertion_order": False, "memory_limit": "4GB"}
    )
    connection.execute(query, {"pings": pings})


if __name__ == "__main__":
    main(*sys.argv[1:])
