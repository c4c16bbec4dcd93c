"""Our Spark engine on this machine's cores: aggregates into a Parquet file."""

from __future__ import annotations

import sys

from benchmarks.ours.days import compute
from crash_rate_aggregates.engines.spark.configuration import SparkSettings
from crash_rate_aggregates.engines.spark.engine import SparkEngine


def main(folder: str, output: str, cores: str) -> None:
    """Compute the day."""
    engine = SparkEngine(SparkSettings(f"local[{cores}]", {"spark.ui.enabled": "false"}))
    try:
        compute(engine, folder, output)
    finally:
        engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
