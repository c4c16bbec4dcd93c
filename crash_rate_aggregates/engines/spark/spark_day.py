"""One day on Spark: judge, hold that no task is missing, group, and stream the day's tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial

import pyarrow as pa

from crash_rate_aggregates.engines.drawn_ledger import draw_up
from crash_rate_aggregates.engines.interface import (
    DayRequest,
    DayResult,
    Progress,
    files_bytes,
)
from crash_rate_aggregates.engines.kernel import VerdictCounts
from crash_rate_aggregates.engines.spark.driver.application import Application
from crash_rate_aggregates.engines.spark.executors.judge_task import (
    JudgeTask,
    packed_files,
    versions,
)
from crash_rate_aggregates.engines.spark.executors.news import Listener, TaskNews
from crash_rate_aggregates.engines.spark.executors.task_rows import TaskReport, unpacked_batch
from crash_rate_aggregates.engines.spark.spark_grouping import SparkGrouping
from crash_rate_aggregates.engines.split import packs
from crash_rate_aggregates.errors import EngineError, LedgerImbalanceError
from crash_rate_aggregates.ledger import Ledger
from crash_rate_aggregates.rows import DayTable

_PACK_BYTES = 64 << 20
"""Small files are judged together up to this stored size: some seconds, a task's own cost is less
than one in a hundred, and a lost task is soon repeated."""
_MAX_TASKS = 10_000
"""About so many, of larger packs on days of terabytes: what Spark keeps of a shuffle is their
number times that of the partitions."""


class SparkDay:
    """Computes one day in a running application."""

    def __init__(self, application: Application, request: DayRequest, progress: Progress) -> None:
        self._application = application
        self._request = request
        self._progress = progress
        most = max(_PACK_BYTES, files_bytes(request.files) // _MAX_TASKS)
        # One task at least: a day without files has a report too.
        self._packs = packs(request.files, application.cores, most=most) or [()]

    @contextmanager
    def computed(self) -> Iterator[DayResult]:
        """Compute the day; leaving the context frees what the executors keep for it.

        Raises:
            SourceError, EngineError: Nothing was computed.
        """
        self._progress.stage("judge")
        task = self._task()
        call = self._application.call
        grouping = call(lambda: SparkGrouping(self._application.session, task))
        try:
            reports = self._judge(grouping, task.day)
            counts = VerdictCounts()
            for report in reports:
                counts.add(report.counts)
            self._progress.stage("group")
            # The number of rows is known from the reports: Spark would count them anew.
            call(lambda: grouping.load(counts.passed.total(), self._request.labels))
            ledger = self._ledger(grouping, reports, counts)
            # Computed all, then streamed one after the other.
            packed = {t: call(partial(grouping.rows, t)) for t in self._request.tables}
            yield DayResult(
                tables={
                    table: self._checked(table, batches, grouping, reports)
                    for table, batches in packed.items()
                },
                ledger=ledger,
                pings_read=counts.read,
                damaged=tuple(sorted(damaged for report in reports for damaged in report.damaged)),
            )
        finally:
            with suppress(EngineError):  # Where Spark is gone, what it kept is gone too.
                call(grouping.free)

    def _task(self) -> JudgeTask:
        return JudgeTask(
            # Every task is sent the request; the files of each are packed apart.
            request=replace(self._request, files=()),
            files=tuple(map(packed_files, self._packs)),
            day=self._application.next_day(),
            versions=versions(),
            attempts=self._application.attempts,
            news=self._application.news,
        )

    def _judge(self, grouping: SparkGrouping, day: int) -> list[TaskReport]:
        listener = Listener(self._application.news, day, len(self._packs), self._progress)
        reports = self._application.call(grouping.reports, each_moment=listener.listen)
        if [report.task for report in reports] != list(range(len(self._packs))):
            raise EngineError(
                f"{len(self._packs)} tasks judged the day and {len(reports)} reports came: this is "
                "a defect, please report it; the day was not replaced"
            )
        for report, files in zip(reports, self._packs, strict=True):
            read, failure = report.counts.read, report.failure
            # What was not heard in time; it raises what a task failed by.
            listener.hear(report.task, TaskNews(len(files), files_bytes(files), read, failure))
        return reports

    def _ledger(
        self, grouping: SparkGrouping, reports: Sequence[TaskReport], counts: VerdictCounts
    ) -> Ledger:
        try:
            call = self._application.call
            counted, left_out = call(grouping.counted), call(grouping.left_out)
            return draw_up(counts, counted, left_out, self._request.dimensions)
        except LedgerImbalanceError:
            # No defect if the counted pings are of other files than those that were read at first.
            self._check_unchanged(grouping, reports)
            raise

    def _checked(
        self,
        table: DayTable,
        packed: Iterator[bytes],
        grouping: SparkGrouping,
        reports: Sequence[TaskReport],
    ) -> Iterator[pa.RecordBatch]:
        """Stream the rows of a table; after the last one they are known to fit the ledger."""
        call = self._application.call
        while (value := call(lambda: next(packed, None))) is not None:
            yield unpacked_batch(value, table.schema)
        self._check_unchanged(grouping, reports)

    def _check_unchanged(self, grouping: SparkGrouping, reports: Sequence[TaskReport]) -> None:
        """Hold that the tasks still report what they did.

        Rows that are lost with a worker are judged anew, from the files as they are then.

        Raises:
            EngineError: They do not.
        """
        if self._application.call(grouping.reports) != reports:
            raise EngineError(
                "a worker was lost, and files that were read again had changed or were gone; "
                "nothing was changed, run the day again"
            )
