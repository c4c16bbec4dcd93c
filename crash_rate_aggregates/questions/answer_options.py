"""What can be set about answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from crash_rate_aggregates.settable import Settable


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """How answers are printed."""

    csv_escape: Annotated[
        bool,
        Settable(
            says="Put a `'` before each text of `--csv` that a spreadsheet would run as a formula: "
            "one that begins with = + - @, a tab or a line's end, and is no number.",
            page="database.md",
        ),
    ] = True
