"""The questions of dashboards, command line and pages: one .sql file each beside this module.

A file begins with comment lines: the title, then what it says. Values are `%(name)s` parameters of
`PARAMETERS`; whoever asks binds them or, like Redash, writes a parameter of its own in their place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from crash_rate_aggregates.sql_files import sql_names, sql_text

PARAMETERS: Mapping[str, str] = {
    "first_date": "First day, a date.",
    "last_date": "Last day, included, a date.",
    "application": "One application, a text; the question `applications` lists them.",
    "channels": "Channels, an array of texts; the question `channels` lists them.",
    "channel": "One channel, a text.",
}
"""What each parameter stands for."""
_PARAMETER = re.compile(r"%\(([a-z_]+)\)s")


@dataclass(frozen=True, slots=True)
class Question:
    """One question that is asked of the database."""

    name: str
    """Name of the file without `.sql`, like `crash_rates_over_time`."""
    title: str
    """What people read above the answer."""
    description: str
    """What the answer says and how far it can be trusted."""
    query: str
    """One SELECT with `%(name)s` parameters; a literal percent sign is doubled."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, each once, in the order of `PARAMETERS`."""
        used = set(_PARAMETER.findall(self.query))
        return tuple(name for name in PARAMETERS if name in used)


@cache
def questions() -> Mapping[str, Question]:
    """Return all questions by name, sorted."""
    package = __name__.rpartition(".")[0]
    return {name: _question(name, sql_text(package, name)) for name in sql_names(package)}


def _question(name: str, text: str) -> Question:
    lines = text.splitlines()
    length = next(number for number, line in enumerate(lines) if not line.startswith("--"))
    title, *description = (line.removeprefix("--").strip() for line in lines[:length])
    return Question(name, title, " ".join(description), "\n".join(lines[length:]))
