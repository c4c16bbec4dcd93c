"""The embedded engine, with all that it does but the database: aggregates into a Parquet file.

As in the command line, engines are imported inside the function: workers import this module too.
"""

# ruff: noqa: PLC0415  The reason is above.

from __future__ import annotations

import sys
import tempfile
from pathlib import Path


def main(folder: str, output: str, cores: str) -> None:
    """Compute the day with the default settings."""
    from benchmarks.ours.days import compute
    from crash_rate_aggregates.engines.embedded.engine import EmbeddedEngine
    from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits

    jobs = int(cores)
    with tempfile.TemporaryDirectory(prefix="benchmark-scratch-") as scratch:
        engine = EmbeddedEngine(jobs, Path(scratch), GroupingLimits(threads=jobs))
        compute(engine, folder, output)


if __name__ == "__main__":
    main(*sys.argv[1:])
