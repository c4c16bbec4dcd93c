"""The Java that pyspark starts: ended with the application, so that another begins anew."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from typing import Any

from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.sql import SparkSession

JAVA_IS_GONE = (Py4JError, OSError)
"""What a call of Java raises where none answers any more."""
_END_SECONDS = 20


def end_java() -> None:
    """End the Java that this process started, whatever it does, and let pyspark forget it.

    pyspark itself keeps it until the process ends, with the memory and the options that the first
    application gave it, and keeps even one that has died. The Java of spark-submit is left alone.
    """
    gateway: Any = SparkContext._gateway  # noqa: SLF001  Nothing public tells, or forgets below.
    process = None if gateway is None else gateway.proc
    if process is None:
        return
    process.stdin.close()  # By which it knows that nobody needs it.
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(*JAVA_IS_GONE):
        gateway.close()
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001
    SparkContext._active_spark_context = None  # noqa: SLF001
    SparkSession._instantiatedSession = SparkSession._activeSession = None  # noqa: SLF001
