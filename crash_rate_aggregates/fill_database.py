"""Fill the database with crash rate aggregates: the command of 2016.

`crash-rate-aggregates backfill` is the same; this file only translates, and hands over the two
lists below, so that matching entries appended to them take effect.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

if not __package__:  # Run as a script: Python put this folder, not its parent, on the path.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from crash_rate_aggregates.dimensions import (
    COMPARABLE_DIMENSIONS,
    DIMENSION_NAMES,
    dimensions_from_lists,
)

__all__ = ["COMPARABLE_DIMENSIONS", "DIMENSION_NAMES"]

if __name__ == "__main__":
    # Ctrl-C waits until the command line is there to answer it.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    # Imported here: worker processes import the main module again and need no command line.
    from crash_rate_aggregates.cli import main

    sys.exit(
        main(
            ["backfill", *sys.argv[1:]],
            # Joined inside main(), which reports lists that do not match.
            dimensions=lambda: dimensions_from_lists(COMPARABLE_DIMENSIONS, DIMENSION_NAMES),
        )
    )
