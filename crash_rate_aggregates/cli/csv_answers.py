"""Answers as comma-separated values, by a flag that commands share."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from crash_rate_aggregates.cli.consoles import check_answer, while_read
from crash_rate_aggregates.cli.options import together
from crash_rate_aggregates.cli.setting_options import part_options

if TYPE_CHECKING:
    from crash_rate_aggregates.questions.answer_options import AnswerOptions

csv_options = together(
    click.option(
        "--csv", "as_csv", is_flag=True, help="Print comma-separated values, with all digits."
    ),
    *part_options("answers"),
)


def print_csv(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], options: AnswerOptions
) -> None:
    """Print an answer for programs, row by row."""
    # Imported when it runs: --help and a mistyped flag wait for none of it.
    from crash_rate_aggregates.terminal.answers import write_csv

    write_csv(columns, while_read(rows), sys.stdout, escapes=options.csv_escape)
    check_answer()
