"""One Spark application: started when first needed, used for all days, stopped at the end."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeVar

from pyspark import SparkContext
from pyspark.accumulators import Accumulator
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from crash_rate_aggregates.engines.scratch import scratch_faults, scratch_folder
from crash_rate_aggregates.engines.spark.configuration import SparkSettings
from crash_rate_aggregates.engines.spark.driver.failures import spark_failure
from crash_rate_aggregates.engines.spark.driver.installation import (
    ARCHIVE_FOLDER,
    STARTED_BY_SPARK_SUBMIT,
    executor_python,
    java_in_reach,
)
from crash_rate_aggregates.engines.spark.driver.java_process import (
    JAVA_IS_GONE,
    end_java,
    silence_server,
    silence_traces,
)
from crash_rate_aggregates.engines.spark.driver.java_start import start_java
from crash_rate_aggregates.engines.spark.driver.shipping import packed_package
from crash_rate_aggregates.engines.spark.executors.news import NewsOfTasks, NewsParam
from crash_rate_aggregates.errors import EngineError

_Result = TypeVar("_Result")
_LOCAL_ATTEMPTS = re.compile(r"local\[[^,]+,\s*(\d+)\s*\]")
_MOMENT_SECONDS = 0.2
_DEFAULTS = {
    "spark.app.name": "crash-rate-aggregates",
    # What fails is said in one sentence; all else stands on the pages and in the logs of executors.
    "spark.log.level": "FATAL",
    "spark.ui.showConsoleProgress": "false",
}


class Application:
    """The running application.

    One thread alone talks to Spark: were the main thread interrupted in the middle of a call,
    Java's late answer would be taken for that of the next one.
    """

    def __init__(self, settings: SparkSettings) -> None:
        self._held = ExitStack()
        folder = self._held.enter_context(scratch_folder(settings.scratch))
        self._thread = ThreadPoolExecutor(1, "spark")
        self._session: SparkSession | None = None
        self._days = 0
        try:
            with scratch_faults(f"write in {str(folder)!r}"):
                package = packed_package(folder)
                self._held.enter_context(java_in_reach(os.environ, folder))
            self._session = self.call(lambda: _started(settings, package))
            context = self.session.sparkContext
            self.news: Accumulator[NewsOfTasks] = self.call(
                lambda: context.accumulator({}, NewsParam())
            )
            self.ui_address = self.call(lambda: context.uiWebUrl) or "switched off"
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
            # In moments, not at once: Ctrl-C is heard only between waits, and progress must move.
            while wait([future], _MOMENT_SECONDS).not_done:
                each_moment()
            return future.result()
        except (*JAVA_IS_GONE, PySparkException) as error:
            raise spark_failure(error) from error
        finally:
            self._end(future)

    @property
    def cores(self) -> int:
        """Cores of all executors so far; executors come and go."""
        return self.call(lambda: self.session.sparkContext.defaultParallelism)

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
            # Not through `call`, which takes nothing more when the interpreter ends; and where Java
            # is gone already, nothing is left to end.
            with suppress(*JAVA_IS_GONE):
                self._session.stop()
        end_java()
        self._thread.shutdown()
        self._held.close()

    def _end(self, future: Future[_Result]) -> None:
        """Cancel what still runs when the wait for it was given up."""
        # A function of several jobs may begin the next one after the first is cancelled.
        while not future.done():
            if self._session is None:
                end_java()  # Else a cluster without room would be waited for.
            else:
                with suppress(*JAVA_IS_GONE):
                    self._session.sparkContext.cancelAllJobs()
            wait([future], _MOMENT_SECONDS)


def _attempts(context: SparkContext) -> int:
    """Return how often Spark tries a task: thrice by `local[2,3]`, else once in local mode."""
    master = context.master or ""
    if master.startswith("local"):
        match = _LOCAL_ATTEMPTS.match(master)
        return int(match[1]) if match else 1
    return int(context.getConf().get("spark.task.maxFailures") or 4)


def _started(settings: SparkSettings, package: Path) -> SparkSession:
    silence_traces()
    # spark-submit has its own flags and defaults for these.
    conf = {**({} if STARTED_BY_SPARK_SUBMIT in os.environ else _DEFAULTS), **settings.conf}
    python = conf.get("spark.pyspark.python") or executor_python(os.environ, settings.archive)
    os.environ["PYSPARK_PYTHON"] = python
    if settings.archive is not None:
        given = conf.get("spark.archives")
        archive = f"{settings.archive}#{ARCHIVE_FOLDER}"
        conf["spark.archives"] = f"{given},{archive}" if given else archive
    if settings.master is not None:
        conf["spark.master"] = settings.master
    if STARTED_BY_SPARK_SUBMIT not in os.environ:
        start_java(conf, package.parent)
    builder = SparkSession.builder
    for name, value in conf.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    silence_server(session.sparkContext)
    session.sparkContext.addPyFile(str(package))
    return session
