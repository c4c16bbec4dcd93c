"""Answers to statements and questions: a table for people, comma-separated values for programs."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from crash_rate_aggregates.questions.statement import Answer
from crash_rate_aggregates.terminal.cells import fits, plain_table, printable

MAX_ROWS = 1_000
"""Of a table for people. Who gives it one row more has said that there are more."""
_DIGITS = 4
"""Decimals of a number from 1 on, significant digits of a smaller one."""
_FEW_DECIMALS_FROM = 100
_EXPONENT_BELOW = 1e-9
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  Spreadsheets run the wide forms too.
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """An answer as a table or, where that is wider than the terminal, as a block for each row.

    NULL is empty, and numbers have as many digits as one reads. After `MAX_ROWS` rows it only says
    that there are more: how many, nobody has counted.
    """

    answer: Answer

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Choose by the width that there is."""
        # Widths are measured over all rows, which takes long for many, and nobody reads more.
        rows = [[_shown(value) for value in row] for row in self.answer.rows[:MAX_ROWS]]
        table = plain_table(*self.answer.columns)
        for row in rows:
            table.add_row(*row)
        if fits(table, console, options):
            yield table
        else:
            yield from (self._block(number, row) for number, row in enumerate(rows, start=1))
        if len(self.answer.rows) > MAX_ROWS:
            yield f"and more rows than these {MAX_ROWS:,}: --csv prints all"

    def _block(self, number: int, row: Sequence[str]) -> Table:
        block = plain_table(f"row {number:,}", "")
        for column, text in zip(self.answer.columns, row, strict=True):
            block.add_row(printable(column), text)
        return block


def write_csv(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], file: TextIO, *, escapes: bool = True
) -> None:
    """Write an answer with all digits, row by row: NULL is empty, arrays and objects are JSON.

    Args:
        columns: Names.
        rows: Values as Python's own types; only one is held at a time.
        file: Where to.
        escapes: Whether a text that a spreadsheet would run as a formula gets a `'` before it,
            as the OWASP's page "CSV Injection" says. A number stays one, below zero too.
    """
    written = _escaped if escapes else _text
    writer = csv.writer(file)
    writer.writerow(map(written, columns))
    writer.writerows([written(value) for value in row] for row in rows)


def _escaped(value: Any) -> str:
    text = _text(value)
    if not text.startswith(_FORMULA_BEGINS) or isinstance(value, int | float | Decimal):
        return text
    # What PostgreSQL gives as text, as `dimensions ->> …` does, can be a number all the same.
    return text if _NUMBER.fullmatch(text) else f"'{text}"


def _shown(value: Any) -> str:
    # NaN and the infinities have no digits to choose from.
    if isinstance(value, float | Decimal) and math.isfinite(value):
        return _rounded(value)
    return printable(_text(value))


def _rounded(number: float | Decimal) -> str:
    size = abs(float(number))
    if size >= 1:
        return f"{number:.2f}" if size >= _FEW_DECIMALS_FROM else f"{number:.{_DIGITS}f}"
    if size == 0:
        return "0"
    if size < _EXPONENT_BELOW:
        return f"{number:.{_DIGITS - 1}e}"
    return f"{number:.{_DIGITS - 1 - math.floor(math.log10(size))}f}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
