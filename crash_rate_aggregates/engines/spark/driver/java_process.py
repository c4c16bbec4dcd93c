"""The Java that pyspark starts: ended with the application, so that another begins anew."""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.sql import SparkSession

JAVA_IS_GONE = (Py4JError, OSError)
"""What a call of Java raises where none answers any more."""
_END_SECONDS = 20


def silence_traces() -> None:
    """Keep back what py4j logs when Java dies: what failed is said in one sentence."""
    for name in ("py4j", "SQLQueryContextLogger"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.getLogger().addFilter(_is_not_of_py4j)  # It logs by the root logger too.


def silence_server(context: SparkContext) -> None:
    """Keep back the traces of the thread that adds up accumulators, when Java dies."""
    server = context._accumulatorServer  # noqa: SLF001  Nothing public reaches it.
    server.handle_error = lambda *_: None  # type: ignore[method-assign]


def _is_not_of_py4j(record: logging.LogRecord) -> bool:
    return Path(record.pathname).parent.name != "py4j"


def end_java() -> None:
    """End the Java that this process started, whatever it does, and let pyspark forget it.

    pyspark itself keeps it until the process ends, with the memory and the options that the first
    application gave it, and keeps even one that has died. The Java of spark-submit is left alone.
    """
    gateway: Any = SparkContext._gateway  # noqa: SLF001  Nothing public tells, or forgets below.
    process = None if gateway is None else gateway.proc
    if process is None:
        return
    gateway.shutdown()
    # Else pyspark would go on telling it, dead or alive, which of its objects are needed no more.
    gateway._gateway_client.is_connected = False  # noqa: SLF001
    process.stdin.close()  # By which it knows that nobody needs it.
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001
    SparkContext._active_spark_context = None  # noqa: SLF001
    SparkSession._instantiatedSession = SparkSession._activeSession = None  # noqa: SLF001
