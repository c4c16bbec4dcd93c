"""The folder for a day's rows between stages: gone when the day is done, even after kill -9."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from crash_rate_aggregates.errors import ScratchFullError

_PREFIX = "crash-rate-aggregates-day-"
_LOCK = "in-use"


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Make a folder below `parent` and remove it afterwards, with those that killed runs left.

    Raises:
        ScratchFullError: No folder can be made there.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(parent)
        folder = Path(mkdtemp(prefix=_PREFIX, dir=parent))
    except OSError as error:
        raise ScratchFullError(
            f"cannot make a folder in {str(parent)!r}: {error.strerror}; free space or name "
            "another folder in the setting `scratch`"
        ) from error
    lock = _try_lock(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _remove_abandoned(parent: Path) -> None:
    """Remove folders of runs that are gone: nobody holds their lock any more."""
    for folder in parent.glob(f"{_PREFIX}*"):
        if folder.stat().st_uid == os.geteuid() and (folder / _LOCK).exists():
            lock = _try_lock(folder)
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


def _try_lock(folder: Path) -> int | None:
    """Lock a folder for as long as this process lives; None if another holds it."""
    # The descriptor is not inherited, so a worker that outlives its parent keeps no lock.
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
