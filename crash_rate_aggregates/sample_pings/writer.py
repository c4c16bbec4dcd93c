"""Write sample days into folders as a collector would: several gzip files a day."""

from __future__ import annotations

import errno
import multiprocessing
import shutil
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from isal import igzip_lib

from crash_rate_aggregates.errors import MachineError, UsageError
from crash_rate_aggregates.sample_pings.sample_files import World
from crash_rate_aggregates.sample_pings.unfinished import end_with_parent, unfinished_folder

_MARKER = "_SYNTHETIC"
_WRONG_FOLDER = (
    *(errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP),
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.EINVAL, errno.ENOTEMPTY),
)
"""Faults that another folder would not have; all others, as a full disk, are no wrong usage."""
_README = """These pings are synthetic.

`crash-rate-aggregates sample-pings` made them by chance from a seed, with shares and rates after
what {described}. No ping in here was sent by anybody.
"""


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written."""

    folder: Path
    days: int
    pings: int
    """Lines of all days, soiled ones among them."""

    def __str__(self) -> str:
        return f"{self.days} days with {self.pings:,} synthetic pings in {str(self.folder)!r}"


def write_sample_pings(
    folder: Path,
    *,
    min_submission_date: date,
    max_submission_date: date,
    world: World,
    jobs: int = 1,
) -> SampleSummary:
    """Write folder/submission_date=YYYY-MM-DD/….ndjson.gz for each day, each day at once.

    The same arguments write the same bytes, and a day does not depend on the others. Days that
    this function wrote before are replaced.

    Raises:
        UsageError: A day's folder holds something else; or the folder cannot be written.
        MachineError: The disk is full or broken; what is not a whole day is removed.
    """
    days = [
        min_submission_date + timedelta(days=number)
        for number in range((max_submission_date - min_submission_date).days + 1)
    ]
    try:
        is_new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with unfinished_folder(folder) as unfinished:
                pings = _write_days(partial(_write_day, folder, unfinished, world), days, jobs)
            readme = _README.format(described=world.described)
            (folder / "README.txt").write_text(readme, encoding="utf-8")
        except BaseException:
            if is_new:
                # Unless days are in it, which are whole.
                with suppress(OSError):
                    folder.rmdir()
            raise
    except OSError as error:
        failed = f"cannot write sample pings to {str(folder)!r}: {error.strerror}"
        if error.errno in _WRONG_FOLDER:
            raise UsageError(f"{failed}; name another folder") from error
        raise MachineError(f"{failed}; mend that or name another folder") from error
    return SampleSummary(folder, len(days), pings)


def _write_days(write: Callable[[date], int], days: Sequence[date], jobs: int) -> int:
    """Write days side by side and return how many pings they have together."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        min(jobs, len(days)), mp_context=context, initializer=end_with_parent
    )
    try:
        # Workers inherit that Ctrl-C is blocked: it is answered here, once, and ends them.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            written = pool.map(write, days)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return sum(written)
    except BaseException:
        # Before their folder goes: they would make it anew.
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _write_day(folder: Path, unfinished: Path, world: World, day: date) -> int:
    """Write a day and return how many pings it has."""
    target = folder / f"submission_date={day}"
    if target.exists() and not (target / _MARKER).exists():
        raise UsageError(
            f"{str(target)!r} holds pings that sample-pings did not write: name another folder"
        )
    partial_folder = unfinished / target.name
    partial_folder.mkdir(mode=0o755)
    (partial_folder / _MARKER).touch()
    pings = 0
    for file in world.files_of_day(day):
        packed = igzip_lib.compress(file.text, 1, flag=igzip_lib.COMP_GZIP)
        path = partial_folder / f"{file.name}.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(packed)
        pings += file.text.count(b"\n")
    if target.exists():
        shutil.rmtree(target)
    partial_folder.rename(target)
    return pings
