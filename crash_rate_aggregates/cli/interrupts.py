"""Ctrl-C and a scheduler's SIGTERM: both end a command in one line, and neither ends an import."""

from __future__ import annotations

import signal
from types import FrameType

# What runs an import; frozen, so its name is the same wherever Python lies.
_IMPORTING = "<frozen importlib._bootstrap>"
_ASKED_AGAIN_AFTER = 0.02
"""Seconds."""


def answer_interrupts() -> None:
    """Let Ctrl-C and SIGTERM raise KeyboardInterrupt here, from now on and once no import runs.

    Extensions answer an exception in their first lines by aborting the process, without a word of
    ours. Blocking the signals does not help: threads that libraries start take them.
    An ignored Ctrl-C, as of a command in a script's background, stays ignored.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt)
    # The entry points hold both back until they can be answered here.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))


def _interrupt(_: int, frame: FrameType | None) -> None:
    if _imports(frame):
        signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, _ASKED_AGAIN_AFTER)
        return
    raise KeyboardInterrupt


def _imports(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTING:
            return True
        frame = frame.f_back
    return False
