"""Run the command line as `python -m crash_rate_aggregates`."""

from __future__ import annotations

import sys

from crash_rate_aggregates.cli import main

if __name__ == "__main__":
    sys.exit(main())
