"""One Spark application: started when first needed, used for all days, stopped at the end."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.accumulators import Accumulator
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from crash_rate_aggregates.engines.spark.failures import spark_failure
from crash_rate_aggregates.engines.spark.installation import (
    ARCHIVE_FOLDER,
    executor_python,
    prepare_java,
)
from crash_rate_aggregates.engines.spark.news import NewsOfTasks, NewsParam
from crash_rate_aggregates.engines.spark.settings import SparkSettings
from crash_rate_aggregates.engines.spark.shipping import packed_package
from crash_rate_aggregates.errors import EngineError

_Result = TypeVar("_Result")
_LOCAL_ATTEMPTS = re.compile(r"local\[[^,]+,\s*(\d+)\s*\]")
_MOMENT_SECONDS = 0.2
_DEFAULTS = {
    "spark.app.name": "crash-rate-aggregates",
    "spark.log.level": "ERROR",
    "spark.ui.showConsoleProgress": "false",
}


class Application:
    """The running application.

    One thread alone talks to Spark: were the main thread interrupted in the middle of a call,
    Java's late answer would be taken for that of the next one.
    """

    def __init__(self, settings: SparkSettings) -> None:
        self._folder = Path(mkdtemp(prefix="crash-rate-aggregates-spark-"))
        self._thread = ThreadPoolExecutor(1, "spark")
        self._session: SparkSession | None = None
        self._days = 0
        try:
            self._session = self.call(lambda: _started(settings, self._folder))
            context = self.session.sparkContext
            self.news: Accumulator[NewsOfTasks] = self.call(
                lambda: context.accumulator({}, NewsParam())
            )
            self.ui_address = self.call(lambda: context.uiWebUrl) or "switched off"
            self.cores = self.call(lambda: context.defaultParallelism)
            """Of all executors so far, at least 1."""
            self.attempts = self.call(lambda: _attempts(context))
            """That a task gets before its job fails."""
        except BaseException:
            self.stop()
            raise

    @property
    def session(self) -> SparkSession:
        """Spark's session; to be used inside `call` alone."""
        assert self._session is not None  # noqa: S101  For the type checker: set once started.
        return self._session

    def call(
        self,
        function: Callable[[], _Result],
        *,
        each_moment: Callable[[], None] = lambda: None,
    ) -> _Result:
        """Run a function in the thread that talks to Spark.

        Args:
            function: Uses `session`.
            each_moment: Called now and then meanwhile; what it raises ends the jobs.

        Raises:
            EngineError: Spark failed.
        """
        future = self._thread.submit(function)
        try:
            while wait([future], _MOMENT_SECONDS).not_done:
                each_moment()
            return future.result()
        except (Py4JError, PySparkException, ConnectionError) as error:
            raise spark_failure(error) from error
        finally:
            self._end(future)

    def next_day(self) -> int:
        """Number a day, and forget the news of the one before."""
        self.news.value = {}
        self._days += 1
        return self._days

    def is_stopped(self) -> bool:
        """Tell whether Spark has given up, as when its master is gone for good."""
        try:
            context = self.session.sparkContext
            # Python offers no other way to ask.
            return bool(self.call(lambda: context._jsc.sc().isStopped()))  # noqa: SLF001
        except EngineError:
            return True

    def stop(self) -> None:
        """End the application and its Java."""
        if self._session is not None:
            with suppress(EngineError):  # Java is gone, so there is nothing left to end.
                self.call(self._session.stop)
        self._thread.shutdown()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, future: Future[_Result]) -> None:
        """Cancel what still runs when the wait for it was given up."""
        # A function of several jobs may begin the next one after the first is cancelled.
        while self._session is not None and not future.done():
            self._session.sparkContext.cancelAllJobs()
            wait([future], _MOMENT_SECONDS)


def _attempts(context: SparkContext) -> int:
    """Return how often Spark tries a task: `local[2,3]` means three times, other local ones once."""
    master = context.master or ""
    if master.startswith("local"):
        match = _LOCAL_ATTEMPTS.match(master)
        return int(match[1]) if match else 1
    return int(context.getConf().get("spark.task.maxFailures") or 4)


def _started(settings: SparkSettings, folder: Path) -> SparkSession:
    java_folder = folder / "java"
    java_folder.mkdir()
    prepare_java(os.environ, java_folder)
    conf = {**_DEFAULTS, **settings.conf}
    python = conf.get("spark.pyspark.python") or executor_python(os.environ, settings.archive)
    os.environ["PYSPARK_PYTHON"] = python
    if settings.archive is not None:
        given = conf.get("spark.archives")
        archive = f"{settings.archive}#{ARCHIVE_FOLDER}"
        conf["spark.archives"] = f"{given},{archive}" if given else archive
    builder = SparkSession.builder
    for name, value in conf.items():
        builder = builder.config(name, value)
    if settings.master is not None:
        builder = builder.master(settings.master)
    session = builder.getOrCreate()
    session.sparkContext.addPyFile(str(packed_package(folder)))
    return session
