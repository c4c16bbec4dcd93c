"""The folder of days that are not whole yet, and workers that end with whoever started them."""

from __future__ import annotations

import fcntl
import multiprocessing
import multiprocessing.connection
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

_PREFIX = "_partial-"


@contextmanager
def unfinished_folder(folder: Path) -> Iterator[Path]:
    """Make a folder beside the days; it goes in any case, with those that killed runs left.

    Raises:
        OSError: It cannot be made.
    """
    _remove_abandoned(folder)
    unfinished = Path(mkdtemp(prefix=_PREFIX, dir=folder))
    # Locked as long as this process lives: so another run knows whose it may remove.
    lock = os.open(unfinished, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield unfinished
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        os.close(lock)


def _remove_abandoned(folder: Path) -> None:
    for unfinished in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # In use, or another run has removed it since.
            lock = os.open(unfinished, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(unfinished, ignore_errors=True)
            finally:
                os.close(lock)


def end_with_parent() -> None:
    """End this worker when its parent is gone, even by kill -9: it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    # Not sys.exit, which would end this thread alone.
    os._exit(1)
