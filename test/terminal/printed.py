"""What is printed on a terminal."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType


def printed(shown: RenderableType, width: int = 300) -> list[str]:
    """Return the lines on a terminal of that width, as the program prints on one."""
    file = io.StringIO()
    Console(file=file, width=width, markup=False, emoji=False, highlight=False).print(shown)
    return [line.rstrip() for line in file.getvalue().splitlines()]
