"""Write a section of docs/benchmarks.md, between its markers."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def machine() -> str:
    """Return cores, memory and versions of this machine, in words, and how busy it is.

    A load far above the number of cores says that others had most of the machine.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB of memory, {platform.system()} "
        f"on {platform.machine()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[1]:.0f}"
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def write_section(name: str, text: str) -> None:
    """Put the text between `<!-- measured: name -->` and `<!-- end -->`.

    Raises:
        ValueError: The page has no such markers.
    """
    marked = re.compile(rf"(<!-- measured: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    page, number = marked.subn(lambda part: f"{part[1]}{text}\n{part[2]}", PAGE.read_text("utf-8"))
    if number != 1:
        raise ValueError(f"{PAGE} has no section {name!r} to write to")
    PAGE.write_text(page, "utf-8")
