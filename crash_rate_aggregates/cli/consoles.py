"""Where commands print: errors, warnings and progress to stderr, answers to stdout."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType

from crash_rate_aggregates.errors import OutputError

# What is printed has texts of clients in it: none of them is markup, or an emoji's name.
STDERR = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)
_NO_LIMIT = 1_000_000


def print_answer(*parts: RenderableType) -> None:
    """Print parts of an answer below each other; where no person looks on, nothing is cut.

    Raises:
        OutputError: Stdout takes no more.
    """
    width = None if sys.stdout.isatty() else _NO_LIMIT
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False, width=width)
    with writing_stdout():
        console.print(*parts, sep="\n")


@contextmanager
def writing_stdout() -> Iterator[None]:
    """Write what is printed inside, to the end.

    Raises:
        OutputError: Stdout takes no more.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is still in the buffer must not fail once more when the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputError(
            f"the answer could not be written: {error.strerror}; free space or write elsewhere"
        ) from error
