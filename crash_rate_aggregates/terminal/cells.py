"""What stands in the cells of tables: text of strangers, which must not steer the terminal."""

from __future__ import annotations

import unicodedata

from rich import box
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.table import Table

NOT_THERE = "-"
NO_LIMIT = 1_000_000
"""A width at which nothing is cut."""
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Return a client's text with each control character but line feeds replaced by U+FFFD."""
    return "".join(
        _REPLACEMENT if unicodedata.category(character) == "Cc" and character != "\n" else character
        for character in text
    )


def cell(value: object) -> str:
    """Return what a person reads of a value that may be absent."""
    return NOT_THERE if value is None else printable(str(value))


def fits(table: Table, console: Console, options: ConsoleOptions) -> bool:
    """Tell whether there is room for all that the table's cells hold, side by side."""
    # Within the real width rich would say what is left of the table after it has cut it.
    unlimited = options.update(max_width=NO_LIMIT)
    return Measurement.get(console, unlimited, table).maximum <= options.max_width


def plain_table(*columns: str) -> Table:
    """Return a table with such headings and no rows yet."""
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(printable(column))
    return table
