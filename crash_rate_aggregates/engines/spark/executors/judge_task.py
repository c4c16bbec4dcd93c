"""What runs in the executors. They get this package from the driver, and need only its wheels."""

from __future__ import annotations

import pickle
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import pyarrow as pa
from pyspark import TaskContext
from pyspark.accumulators import Accumulator

from crash_rate_aggregates import __version__
from crash_rate_aggregates.engines.interface import DayRequest, files_bytes
from crash_rate_aggregates.engines.kernel import Kernel, collect_garbage_rarely, judge_of
from crash_rate_aggregates.engines.sound_batches import sound_batches
from crash_rate_aggregates.engines.spark.executors.fingerprints import FingerprintedStore
from crash_rate_aggregates.engines.spark.executors.news import NewsOfTasks, TaskNews
from crash_rate_aggregates.engines.spark.executors.task_rows import (
    TaskReport,
    packed_batch,
    ping_rows,
    report_row,
)
from crash_rate_aggregates.errors import (
    CrashRateAggregatesError,
    DamagedFileError,
    ExecutorMismatchError,
    SourceError,
)
from crash_rate_aggregates.sources.interface import StoredFile

_DECIDING_WHEELS = ("msgspec", "isal", "backports.zstd", "cramjam", "protobuf", "pyarrow")
"""Those that decode and decompress: other versions of them could come to other verdicts."""


@cache
def versions() -> dict[str, str]:
    """Return the versions that must be the same everywhere, as they are in this process."""
    found = {"crash-rate-aggregates": __version__, "Python": "{}.{}".format(*sys.version_info)}
    for wheel in _DECIDING_WHEELS:
        try:
            found[wheel] = version(wheel)
        except PackageNotFoundError:
            found[wheel] = "none"
    return found


def packed_files(files: tuple[StoredFile, ...]) -> bytes:
    """Pack what a task is to read: some 30 bytes a file, as their names are alike."""
    return zlib.compress(pickle.dumps(files))


def unpacked_files(packed: bytes) -> tuple[StoredFile, ...]:
    """Unpack what `packed_files` packed."""
    files: tuple[StoredFile, ...] = pickle.loads(zlib.decompress(packed))  # noqa: S301  Our driver's.
    return files


@dataclass(frozen=True, slots=True)
class JudgeTask:
    """Judges the files of one task; the task's number is the one row of its input."""

    request: DayRequest
    """Without its files."""
    # Not one task object a task: Spark plans one function for all of a stage.
    files: tuple[bytes, ...]
    """By number of the task, packed: all tasks are sent all, and each unpacks its own alone."""
    day: int
    versions: dict[str, str]
    """Of the driver."""
    attempts: int
    """Attempts that Spark gives a task before it gives up the job, at least 1."""
    news: Accumulator[NewsOfTasks]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of each task and its report, by `TASK_SCHEMA`."""
        collect_garbage_rarely()
        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield from self._judged(number)

    def _judged(self, number: int) -> Iterator[pa.RecordBatch]:
        files = unpacked_files(self.files[number])
        report = TaskReport(number)
        try:
            self._check_versions()
            yield from self._rows(files, report)
        except SourceError as error:
            if not self._is_final(error):
                raise  # Spark then tries the task once more, perhaps on another machine.
            report.failure = error
        except ExecutorMismatchError as error:
            report.failure = error
        # Last, and in the same partition: Spark takes rows and report from one attempt.
        yield report_row(report)
        self._tell(files, report)

    def _rows(self, files: Iterable[StoredFile], report: TaskReport) -> Iterator[pa.RecordBatch]:
        store = FingerprintedStore(self.request.store)
        request = replace(self.request, store=store)
        kernel = Kernel(judge_of(request), request.client_key, report.task)
        report.counts = kernel.counts
        batches = (
            batch for file in files for batch in sound_batches(request, file, report.damaged)
        )
        for rows in kernel.judged(batches):
            if rows.num_rows:
                yield ping_rows(rows)
        report.fingerprint = store.fingerprint()

    def _check_versions(self) -> None:
        for name, here in versions().items():
            if here != self.versions[name]:
                raise ExecutorMismatchError(
                    f"an executor has {name} {here} and the driver {self.versions[name]}: install "
                    "the same there, or give the executors the driver's with --spark-archive"
                )

    def _is_final(self, error: CrashRateAggregatesError) -> bool:
        """Tell whether another attempt is in vain: damage stays, a store may be back."""
        context = TaskContext.get()
        attempt = context.attemptNumber() if context is not None else 0
        return isinstance(error, DamagedFileError) or attempt + 1 >= self.attempts

    def _tell(self, files: tuple[StoredFile, ...], report: TaskReport) -> None:
        news = TaskNews(len(files), files_bytes(files), report.counts.read, report.failure)
        self.news.add({(self.day, report.task): news})


def packed_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Pack the rows of a day's table for the way to the driver."""
    for batch in batches:
        if batch.num_rows:
            yield packed_batch(batch)
