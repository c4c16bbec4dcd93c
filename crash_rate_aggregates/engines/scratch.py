"""The folder for a day's rows between stages: gone when the day is done, even after kill -9."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from crash_rate_aggregates.errors import ScratchError, ScratchFullError

_PREFIX = "crash-rate-aggregates-day-"
_LOCK = "in-use"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_RIGHT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Make a folder below `parent` and remove it afterwards, with those that killed runs left.

    Raises:
        ScratchError: No folder can be made there.
    """
    with scratch_faults(f"make a folder in {str(parent)!r}"):
        parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(parent)
        folder, lock = _locked_folder(parent)
    try:
        yield folder
    finally:
        # In this order: unlocked, the folder would be another run's to remove at the same time.
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextmanager
def scratch_faults(task: str) -> Iterator[None]:
    """Say what the disk refused, and the remedy by its reason; hold nothing else within.

    Args:
        task: What cannot be done, like "write '…'".

    Raises:
        ScratchError: For any `OSError`; a `ScratchFullError` if there was no room.
    """
    try:
        yield
    except OSError as error:
        other = "name another folder in the setting `scratch`"
        said = f"cannot {task}: {error.strerror or error}"
        if error.errno in _NO_ROOM:
            raise ScratchFullError(f"{said}; free space or {other}") from error
        if error.errno in _NO_RIGHT:
            raise ScratchError(f"{said}; give the job's user permission or {other}") from error
        raise ScratchError(f"{said}; {other}") from error


def _locked_folder(parent: Path) -> tuple[Path, int]:
    """Make a folder and lock it; another if a run that removes abandoned ones was faster."""
    while True:
        folder = Path(mkdtemp(prefix=_PREFIX, dir=parent))
        lock = _try_lock(folder, os.O_CREAT)
        if lock is not None:
            return folder, lock


def _remove_abandoned(parent: Path) -> None:
    """Remove folders of runs that are gone: nobody holds their lock any more."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError):  # Another run has removed it since.
            # /tmp is shared, and root could remove what another user's run still needs.
            if folder.stat().st_uid == os.geteuid():
                lock = _try_lock(folder)
                if lock is not None:
                    shutil.rmtree(folder, ignore_errors=True)
                    os.close(lock)


def _try_lock(folder: Path, flags: int = 0) -> int | None:
    """Lock a folder for as long as this process lives; None if another holds it, or removed it."""
    # The descriptor is not inherited, so a worker that outlives its parent keeps no lock.
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | flags, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A lock on a file that is gone, because its holder has removed the folder, locks nothing.
        if os.fstat(descriptor).st_nlink:
            return descriptor
    except BlockingIOError:
        pass
    os.close(descriptor)
    return None
