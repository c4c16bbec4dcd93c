"""Worker processes that are kept from day to day: to start one costs more than a small day."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from crash_rate_aggregates.engines.embedded.worker_tasks import prepare_worker
from crash_rate_aggregates.errors import WorkerDiedError

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class Workers:
    """Starts processes when the first day asks for them; a day that fails ends them."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    @contextmanager
    def of_day(self, jobs: int) -> Iterator[None]:
        """Hold processes for the tasks of a day, all of which are done when it is left.

        Args:
            jobs: Processes, at least 1; the same for each day.

        Raises:
            WorkerDiedError: One of them ended by itself.
        """
        if self._pool is None:
            # spawn: a fork would inherit threads of Arrow, DuckDB and obstore in the middle of a
            # lock.
            self._pool = ProcessPoolExecutor(
                jobs, mp_context=multiprocessing.get_context("spawn"), initializer=prepare_worker
            )
        try:
            yield
        except BrokenProcessPool as error:
            self.end()
            raise WorkerDiedError(
                "a worker process died, perhaps for want of memory: run with fewer --jobs than "
                f"{jobs} or on a larger machine; nothing was changed"
            ) from error
        except BaseException:
            # At Ctrl-C too: they may be in the middle of files that take minutes, for nothing.
            _terminate()
            self.end()
            raise

    def submit(
        self,
        task: Callable[_Arguments, _Result],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Future[_Result]:
        """Let a process do a task; within `of_day` alone."""
        assert self._pool is not None  # noqa: S101  For the type checker: a day is open.
        # The pool starts its processes when the first tasks come.
        with _interrupts_held():
            return self._pool.submit(task, *args, **kwargs)

    def end(self) -> None:
        """Wait until all processes are gone: they write into the folder that goes next."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let processes that start here inherit a blocked Ctrl-C: it is the parent's to handle."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _terminate() -> None:
    # Not by the pool, which would wait for the tasks that they are at.
    for worker in multiprocessing.active_children():
        worker.terminate()
