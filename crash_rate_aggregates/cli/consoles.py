"""Where commands print: errors, warnings and progress to stderr, answers and reports to stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TypeVar

from rich.console import Console, RenderableType

from crash_rate_aggregates.cli.lasting_streams import LastingText, is_reader_gone, stdout_fault
from crash_rate_aggregates.errors import OutputError

_Row = TypeVar("_Row")

# What is printed has texts of clients in it: none of them is markup, or an emoji's name.
_plain_console = partial(Console, highlight=False, markup=False, emoji=False)
STDERR = _plain_console(stderr=True, soft_wrap=True)
_CHECK_EVERY = 1_000
"""Rows of a long answer between two looks at whether it is still read."""


class ReaderGoneError(Exception):
    """The reader of an answer has seen enough: there is nothing to say, and nobody to say it to."""


def say(*parts: RenderableType) -> None:
    """Report what was done, breaking no line; work goes on where stdout takes no more."""
    if isinstance(sys.stdout, LastingText):
        sys.stdout.reports_work = True
    for part in parts:
        if isinstance(part, str):
            # As it is: what is for machines goes through no layout of rich.
            sys.stdout.write(f"{part}\n")
        else:
            _plain_console(file=sys.stdout, soft_wrap=True).print(part)
    # A day of a backfill is told when it is stored, not when the buffer is full.
    sys.stdout.flush()


def say_table(*parts: RenderableType) -> None:
    """Report what was done, or what is to be, in tables."""
    if isinstance(sys.stdout, LastingText):
        sys.stdout.reports_work = True
    _print_tables(parts)


def print_answer(*parts: RenderableType) -> None:
    """Print parts of an answer below each other; where no person looks on, nothing is cut.

    Raises:
        ReaderGoneError: Its reader has closed stdout.
        OutputError: Stdout takes no more.
    """
    _print_tables(parts)
    check_answer()


def while_read(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Yield rows that are printed on stdout, as long as it takes them.

    Raises:
        ReaderGoneError: Its reader has closed stdout.
        OutputError: Stdout takes no more.
    """
    for number, row in enumerate(rows, start=1):
        yield row
        if number % _CHECK_EVERY == 0:
            check_answer()


def check_answer() -> None:
    """Pass if all of an answer is written until now.

    Raises:
        ReaderGoneError: Its reader has closed stdout.
        OutputError: Stdout takes no more.
    """
    fault = _untold_fault()
    if fault is not None:
        # Nothing is undone by that: `head` ends a question, which ends in silence as elsewhere.
        raise ReaderGoneError if is_reader_gone(fault) else _output_error("the answer", fault)


def lost_report() -> OutputError | None:
    """Return what to say of what did not arrive; None if all did, or if that was said already.

    Raises:
        ReaderGoneError: Its reader has closed stdout, and it was no report of work.
    """
    fault = _untold_fault()
    if fault is None:
        return None
    if getattr(sys.stdout, "reports_work", False):
        return _output_error("the work went on to its end, but its report", fault)
    if is_reader_gone(fault):
        raise ReaderGoneError
    return _output_error("the text", fault)


def _untold_fault() -> OSError | None:
    fault = stdout_fault()
    if fault is None or not isinstance(sys.stdout, LastingText) or sys.stdout.is_fault_told:
        return None
    sys.stdout.is_fault_told = True
    return fault


def _print_tables(parts: tuple[RenderableType, ...]) -> None:
    from crash_rate_aggregates.terminal.cells import NO_LIMIT

    console = _plain_console(file=sys.stdout, width=None if sys.stdout.isatty() else NO_LIMIT)
    console.print(*parts, sep="\n")


def _output_error(what: str, fault: OSError) -> OutputError:
    return OutputError(
        f"{what} could not be written to stdout: {fault.strerror}; free space or write elsewhere"
    )
