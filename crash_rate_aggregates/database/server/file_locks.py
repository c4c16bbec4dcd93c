"""Locks on files, which the kernel takes back from whoever dies.

They are private, as any user who can open a file can lock it and keep all others waiting.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

_log = logging.getLogger(__name__)

_SILENT_SECONDS = 1.0
"""A wait as short as this is not worth a line."""
_POLL_SECONDS = 0.02


def opened(path: str | os.PathLike[str]) -> int:
    """Open a lock file, made if need be; return its descriptor, which child processes do not get.

    Raises:
        OSError: It cannot be made, or is another user's.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    # The mode above is that of a new file only.
    os.fchmod(descriptor, 0o600)
    return descriptor


def is_taken(descriptor: int, kind: int) -> bool:
    """Take the lock if nobody else has it, and say if that was so.

    Args:
        descriptor: Of `opened`.
        kind: `fcntl.LOCK_SH` or `fcntl.LOCK_EX`.
    """
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(path: str | os.PathLike[str]) -> bool:
    """Say if any process has the lock of this file; one without a file has none."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        # Where nobody has it, it is ours until the descriptor is closed, just below.
        return not is_taken(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: str | os.PathLike[str], kind: int, *, waiting_for: str) -> Iterator[int]:
    """Hold a lock until the block or this process ends; give its descriptor.

    Args:
        path: The lock file.
        kind: `fcntl.LOCK_SH` or `fcntl.LOCK_EX`.
        waiting_for: What the log says if that takes more than a second: `waiting for …`.
    """
    descriptor = opened(path)
    try:
        patience = time.monotonic() + _SILENT_SECONDS
        while not is_taken(descriptor, kind):
            if time.monotonic() > patience:
                _log.info("waiting for %s (lock %r)", waiting_for, str(path))
                fcntl.flock(descriptor, kind)
                break
            time.sleep(_POLL_SECONDS)
        yield descriptor
    finally:
        os.close(descriptor)
