"""What the driver hears of tasks while a stage runs: for progress and to end early, never to count.

Spark adds up what each successful attempt says. A task can succeed twice, so news of one task
replace each other instead of adding up; the ledger is drawn up from the stage itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pyspark.accumulators import Accumulator, AccumulatorParam

from crash_rate_aggregates.engines.interface import Progress
from crash_rate_aggregates.errors import CrashRateAggregatesError


@dataclass(frozen=True, slots=True)
class TaskNews:
    """One task is done."""

    files: int
    stored_bytes: int
    pings: int
    failure: CrashRateAggregatesError | None


NewsOfTasks: TypeAlias = dict[tuple[int, int], TaskNews]
"""By number of the day in this application, and number of the task in the day."""


class NewsParam(AccumulatorParam[NewsOfTasks]):
    """Puts news of tasks together."""

    def zero(self, value: NewsOfTasks) -> NewsOfTasks:
        """Begin with nothing."""
        del value
        return {}

    def addInPlace(self, value1: NewsOfTasks, value2: NewsOfTasks) -> NewsOfTasks:  # noqa: N802  Spark's name.
        """Put the second into the first."""
        value1.update(value2)
        return value1


class Listener:
    """Passes the news of one day's tasks on to its progress, those of each task once."""

    def __init__(
        self, news: Accumulator[NewsOfTasks], day: int, tasks: int, progress: Progress
    ) -> None:
        self._news = news
        self._day = day
        self._tasks = tasks
        self._progress = progress
        self._heard: set[int] = set()

    def listen(self) -> None:
        """Pass on what is new.

        Raises:
            CrashRateAggregatesError: What a task found, so that the day cannot be computed.
        """
        # Spark's thread adds to the original meanwhile.
        for (day, task), news in dict(self._news.value).items():
            if day == self._day:
                self.hear(task, news)

    def hear(self, task: int, news: TaskNews) -> None:
        """Pass on the news of a task unless they are known; raises as `listen` does."""
        if task in self._heard:
            return
        if news.failure is not None:
            raise news.failure
        self._heard.add(task)
        self._progress.advance(files=news.files, stored_bytes=news.stored_bytes, pings=news.pings)
        self._progress.tasks(done=len(self._heard), of=self._tasks)
