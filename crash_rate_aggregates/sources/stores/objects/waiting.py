"""Wait for obstore so that Ctrl-C is answered."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_Result = TypeVar("_Result")


def interruptible(call: Callable[[], _Result]) -> _Result:
    """Return what the call returns, or raises; a signal ends the waiting at once.

    Python answers signals between its own steps, and a call of obstore is none of them, for as long
    as a silent server and all retries take. So the call waits in a thread, which ends with the
    process. Workers are spared that: they end by the signal itself.
    """
    # Python gives signals to the main thread alone: others would gain nothing.
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or multiprocessing.parent_process() is not None:
        return call()
    result: Future[_Result] = Future()
    # A daemon, or the program would wait for a silent server before it ends.
    threading.Thread(target=_settle, args=(result, call), daemon=True).start()
    return result.result()


def _settle(result: Future[_Result], call: Callable[[], _Result]) -> None:
    try:
        result.set_result(call())
    except BaseException as error:  # noqa: BLE001  The waiting thread raises it.
        result.set_exception(error)
