"""Where commands print: errors, warnings and progress to stderr, answers to stdout."""

from __future__ import annotations

import sys

from rich.console import Console

STDERR = Console(stderr=True, highlight=False, soft_wrap=True)


def stdout() -> Console:
    """Return a console whose tables are not cut where no person looks on."""
    is_terminal = sys.stdout.isatty()
    return Console(file=sys.stdout, highlight=False, width=None if is_terminal else 200)
