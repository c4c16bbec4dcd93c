"""What one worker process does: read files, or take pings, and leave rows in the scratch folder.

Workers import neither DuckDB nor psycopg: they start fast and stay small.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crash_rate_aggregates.engines.interface import DayRequest
from crash_rate_aggregates.engines.kernel import (
    Kernel,
    VerdictCounts,
    collect_garbage_rarely,
    judge_of,
)
from crash_rate_aggregates.engines.scratch import scratch_faults
from crash_rate_aggregates.engines.sound_batches import sound_batches
from crash_rate_aggregates.ledger import DamagedFile
from crash_rate_aggregates.rows import PING_SCHEMA
from crash_rate_aggregates.sources.interface import PingBatch, StoredFile

_WORDS = [field.name for field in PING_SCHEMA if pa.types.is_dictionary(field.type)]
"""The columns whose values repeat; a dictionary of ids would be made in vain."""


@dataclass(frozen=True, slots=True)
class Task:
    """Where a task leaves its rows."""

    number: int
    """Of no other task of the day."""
    row_file: Path


@dataclass(slots=True)
class TaskResult:
    """What a task leaves."""

    row_file: Path
    counts: VerdictCounts
    damaged: list[DamagedFile] = field(default_factory=list)


def prepare_worker() -> None:
    """End when the parent is gone, even by kill -9. Ctrl-C is blocked: the parent handles it."""
    collect_garbage_rarely()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    # Not sys.exit, which would end this thread alone.
    os._exit(1)


def judge_files(request: DayRequest, files: Iterable[StoredFile], task: Task) -> TaskResult:
    """Judge all pings of some files.

    Raises:
        DamagedFileError: A file is damaged and the request does not allow that.
    """
    damaged: list[DamagedFile] = []
    batches = (batch for file in files for batch in sound_batches(request, file, damaged))
    return _judge(request, batches, task, damaged)


def judge_pings(request: DayRequest, batch: PingBatch, task: Task) -> TaskResult:
    """Judge pings that another process has read."""
    return _judge(request, [batch], task, [])


def _judge(
    request: DayRequest, batches: Iterable[PingBatch], task: Task, damaged: list[DamagedFile]
) -> TaskResult:
    kernel = Kernel(judge_of(request), request.client_key, task.number)
    writing = f"write {str(task.row_file)!r}"
    with scratch_faults(writing):
        writer = pq.ParquetWriter(
            task.row_file,
            PING_SCHEMA,
            # The rows live for minutes and are read a few times: what packs fast is best.
            compression="lz4",
            use_dictionary=_WORDS,
            # No query of the group stage skips rows by their values.
            write_statistics=False,
        )
    try:
        # What the sources raise on the way is theirs to explain.
        for rows in kernel.judged(batches):
            with scratch_faults(writing):
                writer.write_batch(rows)
    finally:
        # It writes the footer, and then too the disk may be full.
        with scratch_faults(writing):
            writer.close()
    return TaskResult(task.row_file, kernel.counts, damaged)
