"""The program's entry, as `crash-rate-aggregates` and as `python -m crash_rate_aggregates`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run one command and return its exit code."""
    # Imported here: worker processes import the main module again and need no command line.
    from crash_rate_aggregates import cli  # noqa: PLC0415  The reason is above.

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
