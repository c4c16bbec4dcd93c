"""A Spark session on this machine's cores, as both Spark peers use it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pyspark.sql import SparkSession

from crash_rate_aggregates.engines.spark.driver.installation import java_in_reach


@contextmanager
def local_session(cores: str) -> Iterator[SparkSession]:
    """Start Spark as the program does: no web page, quiet, one partition a core after a shuffle."""
    with TemporaryDirectory() as folder, java_in_reach(os.environ, Path(folder)):
        session = (
            SparkSession.builder.master(f"local[{cores}]")
            .config("spark.ui.enabled", "false")
            .config("spark.log.level", "FATAL")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.shuffle.partitions", cores)
            .getOrCreate()
        )
        try:
            yield session
        finally:
            session.stop()
