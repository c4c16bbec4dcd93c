"""Pages with measured sections: each run owns the text between its own markers and no other."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
RESULTS = PAGE.parent / "benchmarks"
"""Folder of JSON files and plots."""


def with_section(page: str, name: str, text: str) -> str:
    """Return the page with the text between `<!-- measured: name -->` and the next `<!-- end -->`.

    Raises:
        ValueError: The page has no such markers, or has them twice.
    """
    marked = re.compile(rf"(<!-- measured: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    new, found = marked.subn(lambda part: f"{part[1]}{text.rstrip()}\n{part[2]}", page)
    if found != 1:
        raise ValueError(f"the page has {found} sections named {name!r} instead of one")
    return new


def write_section(name: str, text: str, page: Path = PAGE) -> None:
    """Replace one section of docs/benchmarks.md, or of another page."""
    page.write_text(with_section(page.read_text(encoding="utf-8"), name, text), encoding="utf-8")


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, all columns but the first to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
