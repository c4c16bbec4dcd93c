"""The program's entry, as `crash-rate-aggregates` and as `python -m crash_rate_aggregates`."""

from __future__ import annotations

import os
import signal
import sys

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Run one command and return its exit code."""
    # Ctrl-C waits while imports or the interpreter's end could only answer it with a traceback.
    signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    # Imported here: worker processes import the main module again and need no command line.
    from crash_rate_aggregates import cli  # noqa: PLC0415  The reason is above.

    try:
        code = cli.main()
    finally:
        for number in _INTERRUPTS:  # Blocked here, threads of libraries would still take them.
            signal.signal(number, signal.SIG_IGN)
    if code:
        # Python ends with 130, whatever it is told, if Ctrl-C met an extension while it loaded.
        # What was printed is written: `cli.main` sees to that.
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
