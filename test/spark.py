"""One Spark application for all tests of a process; and a cluster and a distribution to test on."""

from __future__ import annotations

import atexit
import os
import queue
import re
import secrets
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from unittest import TestCase, skipUnless

import psutil

from crash_rate_aggregates.engines.spark.configuration import SparkSettings
from crash_rate_aggregates.engines.spark.engine import SparkEngine

needs_spark = skipUnless(
    find_spec("pyspark"), "pyspark is not installed: make .venv/spark, or pip install pyspark"
)
LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
_QUICK_JAVA = "-XX:TieredStopAtLevel=1"
QUICK = {
    **LOOPBACK,
    "spark.driver.extraJavaOptions": _QUICK_JAVA,
    "spark.executor.extraJavaOptions": _QUICK_JAVA,
}
"""Without Java's second compiler, which takes half of the time of a small day and never pays."""
SECRET = f"hush{secrets.token_hex(8)}"
"""Stands among the settings of the shared engine, as the key of a cloud would."""
_START_SECONDS = 120


@cache
def shared_engine() -> SparkEngine:
    """Return the engine of this process, on two cores with three attempts; it stops at exit."""
    conf = {**QUICK, "spark.ui.enabled": "false", "spark.hadoop.fs.s3a.secret.key": SECRET}
    engine = SparkEngine(SparkSettings("local[2,3]", conf, None))
    atexit.register(engine.close)
    return engine


def own_engine(test: TestCase, settings: SparkSettings) -> SparkEngine:
    """Return an engine for one test; the shared one rests, as a process has one Spark at a time."""
    shared_engine().close()
    engine = SparkEngine(settings)
    test.addCleanup(engine.close)
    return engine


def spark_package() -> Path:
    """Return the folder of the installed pyspark, which is a Spark without python/pyspark."""
    spec = find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def distribution(folder: Path) -> Path:
    """Lay out a Spark distribution as people download it, from the installed pyspark."""
    package, home = spark_package(), folder / "spark distribution"
    (home / "python").mkdir(parents=True)
    for name in ("bin", "sbin", "jars"):
        (home / name).symlink_to(package / name)
    (home / "python" / "pyspark").symlink_to(package)
    (home / "python" / "lib").symlink_to(package / "python" / "lib")
    return home


class SparkProcess:
    """A master or a worker of a standalone cluster: a Java of its own."""

    def __init__(self, kind: str, *arguments: str, cwd: Path) -> None:
        environment = {
            **os.environ,
            "SPARK_HOME": str(spark_package()),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_JAVA_OPTS": _QUICK_JAVA,
        }
        self._process = subprocess.Popen(
            [
                str(spark_package() / "bin" / "spark-class"),
                f"org.apache.spark.deploy.{kind.lower()}.{kind}",
                *("--host", "127.0.0.1", "--port", "0", "--webui-port", "0"),
                *arguments,
            ],
            cwd=cwd,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._drain, daemon=True).start()

    def said(self, pattern: str) -> re.Match[str]:
        """Wait for a line of its log."""
        while True:
            line = self._lines.get(timeout=_START_SECONDS)
            if match := re.search(pattern, line):
                return match

    def kill(self) -> None:
        """End it and all that it has started by kill -9."""
        with suppress(psutil.NoSuchProcess):
            started = psutil.Process(self._process.pid).children(recursive=True)
            self._process.kill()
            for process in started:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(started, timeout=20)
        self._process.wait()

    def kill_children(self) -> None:
        """End what it has started by kill -9, and leave itself alive."""
        for process in psutil.Process(self._process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def has_open(self, path: Path) -> bool:
        """Tell whether a process that it has started has a file open."""
        started = psutil.Process(self._process.pid).children(recursive=True)
        return any(_has_open(process, path) for process in started)

    def _drain(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as log:
            for line in log:
                self._lines.put(line)


def _has_open(process: psutil.Process, path: Path) -> bool:
    """Look itself: psutil passes over named pipes."""
    for link in Path(f"/proc/{process.pid}/fd").glob("*"):
        with suppress(OSError):  # Closed meanwhile.
            if link.samefile(path):
                return True
    return False


class StandaloneCluster:
    """One master and two workers of one core each, in processes of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.master = SparkProcess("Master", cwd=folder)
        self.workers: list[SparkProcess] = []

    def __enter__(self) -> Self:
        try:
            self.url = self.master.said(r"Starting Spark master at (spark://\S+)")[1]
            self.workers = [
                SparkProcess(
                    "Worker",
                    *("--cores", "1", "--memory", "1g", "--work-dir", f"{self._folder}/{number}"),
                    self.url,
                    cwd=self._folder,
                )
                for number in range(2)
            ]
            for worker in self.workers:
                worker.said("Successfully registered with master")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self.workers, self.master):
            process.kill()


def spark_flags(master: str, conf: Mapping[str, str] = QUICK) -> list[str]:
    """Return the flags that compute a day on a master."""
    settings = (f"--spark-conf={name}={value}" for name, value in conf.items())
    return ["--engine", "spark", "--spark-master", master, *settings]
