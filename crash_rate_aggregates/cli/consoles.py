"""Where commands print: errors, warnings and progress to stderr, answers to stdout."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from rich.console import Console, RenderableType

from crash_rate_aggregates.errors import OutputError

# What is printed has texts of clients in it: none of them is markup, or an emoji's name.
_plain_console = partial(Console, highlight=False, markup=False, emoji=False)
STDERR = _plain_console(stderr=True, soft_wrap=True)


def stdout_lines() -> Console:
    """Return a console on stdout that breaks no line."""
    return _plain_console(file=sys.stdout, soft_wrap=True)


def print_answer(*parts: RenderableType) -> None:
    """Print parts of an answer below each other; where no person looks on, nothing is cut.

    Raises:
        OutputError: Stdout takes no more.
    """
    from crash_rate_aggregates.terminal.cells import NO_LIMIT

    console = _plain_console(file=sys.stdout, width=None if sys.stdout.isatty() else NO_LIMIT)
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
        raise  # The reader has seen enough, as `head` does: click ends the program in silence.
    except OSError as error:
        # What is still in the buffer must not fail once more when the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputError(
            f"the answer could not be written: {error.strerror}; free space or write elsewhere"
        ) from error
