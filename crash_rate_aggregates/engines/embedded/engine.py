"""The embedded engine: one process a core over the files, DuckDB over their rows."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
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
    prepare_worker,
)
from crash_rate_aggregates.engines.interface import (
    DayRequest,
    DayResult,
    Progress,
    files_bytes,
)
from crash_rate_aggregates.engines.kernel import VerdictCounts
from crash_rate_aggregates.engines.scratch import scratch_folder
from crash_rate_aggregates.engines.split import split_work
from crash_rate_aggregates.errors import WorkerDiedError
from crash_rate_aggregates.ledger import DamagedFile
from crash_rate_aggregates.sources.interface import StoredFile

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

    name = "embedded"

    @contextmanager
    def aggregate_day(self, request: DayRequest, progress: Progress) -> Iterator[DayResult]:
        """Compute one day; see `Engine`."""
        with scratch_folder(self.scratch) as scratch:
            progress.stage("judge")
            day = _DayOfTasks(request, scratch, progress)
            day.run(self.jobs)
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
        """Nothing is held between days."""


class _DayOfTasks:
    """Runs the tasks of one day and gathers what they leave."""

    def __init__(self, request: DayRequest, scratch: Path, progress: Progress) -> None:
        self.counts = VerdictCounts()
        self.row_files: list[Path] = []
        self.damaged: list[DamagedFile] = []
        self._request = request
        self._scratch = scratch
        self._progress = progress
        self._pending: dict[Future[TaskResult], tuple[int, int]] = {}
        self._tasks = 0

    def run(self, jobs: int) -> None:
        """Judge all files of the day.

        Raises:
            SourceError, EngineError: Of the first task that failed; the others are ended.
        """
        work = split_work(self._request.files, jobs)
        # spawn: a fork would inherit threads of Arrow, DuckDB and obstore in the middle of a lock.
        pool = ProcessPoolExecutor(
            jobs, mp_context=multiprocessing.get_context("spawn"), initializer=prepare_worker
        )
        try:
            if not work.whole and not work.shared:
                # For its row file, though empty: DuckDB takes no list of no files.
                self._submit(pool, judge_files, (), size=(0, 0))
            # First, as this process is busy with them; the packs, smaller and smaller, end the day.
            for file in work.shared:
                self._share(pool, jobs, file)
            for files in work.whole:
                self._submit(pool, judge_files, files, size=(len(files), files_bytes(files)))
            self._gather(at_most=0)
        except BrokenProcessPool as error:
            raise WorkerDiedError(
                "a worker process died, perhaps for want of memory: run with fewer --jobs than "
                f"{jobs} or on a larger machine; nothing was changed"
            ) from error
        except BaseException:
            # At Ctrl-C too: they may be in the middle of files that take minutes, for nothing.
            _end_workers()
            raise
        finally:
            # Waits until all processes are gone: they write into the folder that goes next.
            pool.shutdown(wait=True, cancel_futures=True)

    def _share(self, pool: ProcessPoolExecutor, jobs: int, file: StoredFile) -> None:
        """Read a file that is too large for one worker here, and deal its pings to all."""
        for block in shared_blocks(self._request, file, self.damaged):
            # Else a file that is read faster than it is judged would be held in memory.
            self._gather(at_most=jobs * _BLOCKS_AHEAD)
            self._submit(pool, judge_pings, block, size=(0, 0))
        self._progress.advance(files=1, stored_bytes=file.size, pings=0)

    def _submit(
        self,
        pool: ProcessPoolExecutor,
        task: Callable[..., TaskResult],
        work: object,
        *,
        size: tuple[int, int],
    ) -> None:
        numbered = Task(self._tasks, self._scratch / f"rows-{self._tasks}.parquet")
        self._tasks += 1
        # The pool starts its processes when the first tasks come.
        with _interrupts_held():
            future = pool.submit(task, self._request, work, numbered)
        self._pending[future] = size

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


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let processes that start here inherit a blocked Ctrl-C: it is the parent's to handle."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_workers() -> None:
    # Not by the pool, which would wait for the tasks that they are at.
    for worker in multiprocessing.active_children():
        worker.terminate()
