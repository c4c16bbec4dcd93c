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
_LINE_FEED = "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}"
_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's general categories of what moves, hides or turns round the text beside it.

Controls, formats (directions as U+202E and U+2066, no width as U+200B, tags), halves of pairs, and
separators of lines and paragraphs.
"""


def printable(text: str) -> str:
    """Return a stranger's text on one line and so that it shows what is there.

    A line feed becomes an arrow, so that no text makes up a row of its own; each other character
    that steers a terminal becomes U+FFFD.
    """
    if text.isprintable():  # No such character: its definition has all of these categories.
        return text
    return "".join(
        _LINE_FEED
        if character == "\n"
        else _REPLACEMENT
        if unicodedata.category(character) in _STEERING
        else character
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
