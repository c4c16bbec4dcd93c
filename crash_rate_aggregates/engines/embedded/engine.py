"""The embedded engine: one process a core over the files, DuckDB over their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crash_rate_aggregates.engines.drawn_ledger import draw_up
from crash_rate_aggregates.engines.embedded.blocks import shared_blocks
from crash_rate_aggregates.engines.embedded.duckdb_grouping import Grouping
from crash_rate_aggregates.engines.embedded.grouping_limits import GroupingLimits
from crash_rate_aggregates.engines.embedded.worker_tasks import (
    Task,
    TaskResult,
    judge_files,
    judge_pings,
)
from crash_rate_aggregates.engines.embedded.workers import Workers
from crash_rate_aggregates.engines.interface import (
    DayRequest,
    DayResult,
    Progress,
    files_bytes,
)
from crash_rate_aggregates.engines.kernel import VerdictCounts
from crash_rate_aggregates.engines.scratch import scratch_folder
from crash_rate_aggregates.engines.split import split_work
from crash_rate_aggregates.ledger import DamagedFile
from crash_rate_aggregates.sources.interface import StoredFile

_KEPT_UP_TO = 256 << 20
"""Stored bytes of a day whose workers are kept for the next one: beside a larger day their start is
nothing, and its group stage wants their memory."""
_BLOCKS_AHEAD = 2
"""Blocks of a shared file that wait for each worker: enough to keep it busy, little to hold."""


@dataclass(frozen=True, slots=True)
class EmbeddedEngine:
    """Computes days on this machine."""

    jobs: int
    """Worker processes, at least 1."""
    scratch: Path
    """Folder for the rows between stages; emptied after each day."""
    limits: GroupingLimits
    _workers: Workers = field(default_factory=Workers, init=False, compare=False, repr=False)

    name = "embedded"

    @contextmanager
    def aggregate_day(self, request: DayRequest, progress: Progress) -> Iterator[DayResult]:
        """Compute one day; see `Engine`."""
        with scratch_folder(self.scratch) as scratch:
            progress.stage("judge")
            day = _DayOfTasks(request, scratch, progress, self._workers)
            day.run(self.jobs)
            if files_bytes(request.files) > _KEPT_UP_TO:
                self._workers.end()
            progress.stage("group")
            grouping = Grouping(scratch, self.limits)
            try:
                grouping.load(day.row_files, request.labels)
                ledger = draw_up(
                    day.counts, grouping.counted(), grouping.left_out(), request.dimensions
                )
                yield DayResult(
                    tables={table: grouping.rows(table) for table in request.tables},
                    ledger=ledger,
                    pings_read=day.counts.read,
                    damaged=tuple(sorted(day.damaged)),
                )
            finally:
                grouping.close()

    def close(self) -> None:
        """End the workers."""
        self._workers.end()


class _DayOfTasks:
    """Runs the tasks of one day and gathers what they leave."""

    def __init__(
        self, request: DayRequest, scratch: Path, progress: Progress, workers: Workers
    ) -> None:
        self.counts = VerdictCounts()
        self.row_files: list[Path] = []
        self.damaged: list[DamagedFile] = []
        self._request = request
        self._scratch = scratch
        self._progress = progress
        self._workers = workers
        self._pending: dict[Future[TaskResult], tuple[int, int]] = {}
        self._tasks = 0

    def run(self, jobs: int) -> None:
        """Judge all files of the day.

        Raises:
            SourceError, EngineError: Of the first task that failed; the others are ended.
        """
        work = split_work(self._request.files, jobs)
        with self._workers.of_day(jobs):
            if not work.whole and not work.shared:
                # For its row file, though empty: DuckDB takes no list of no files.
                self._submit(judge_files, (), size=(0, 0))
            # First, as this process is busy with them; the packs, smaller and smaller, end the day.
            for file in work.shared:
                self._share(jobs, file)
            for files in work.whole:
                self._submit(judge_files, files, size=(len(files), files_bytes(files)))
            self._gather(at_most=0)

    def _share(self, jobs: int, file: StoredFile) -> None:
        """Read a file that is too large for one worker here, and deal its pings to all."""
        for block in shared_blocks(self._request, file, self.damaged):
            # Else a file that is read faster than it is judged would be held in memory.
            self._gather(at_most=jobs * _BLOCKS_AHEAD)
            self._submit(judge_pings, block, size=(0, 0))
        self._progress.advance(files=1, stored_bytes=file.size, pings=0)

    def _submit(
        self, task: Callable[..., TaskResult], work: object, *, size: tuple[int, int]
    ) -> None:
        numbered = Task(self._tasks, self._scratch / f"rows-{self._tasks}.parquet")
        self._tasks += 1
        self._pending[self._workers.submit(task, self._request, work, numbered)] = size

    def _gather(self, *, at_most: int) -> None:
        """Take in finished tasks until at most so many are pending."""
        while len(self._pending) > at_most:
            done, _ = wait(self._pending, return_when=FIRST_COMPLETED)
            for future in done:
                self._take(future.result(), self._pending.pop(future))

    def _take(self, result: TaskResult, size: tuple[int, int]) -> None:
        self.counts.add(result.counts)
        self.row_files.append(result.row_file)
        self.damaged += result.damaged
        self._progress.advance(files=size[0], stored_bytes=size[1], pings=result.counts.read)
