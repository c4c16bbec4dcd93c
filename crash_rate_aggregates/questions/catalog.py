"""The questions of dashboards, command line and pages: one .sql file each beside this module.

A file begins with comment lines: the title, then what it says. Values are `%(name)s` parameters of
`PARAMETERS`; whoever asks binds them or, like Redash, writes a parameter of its own in their place.
What rates are made of, and which day is due, stands in `{name}` slots, which are filled before
anybody sees the query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from crash_rate_aggregates.database.schema.rate_slots import rate_slots, with_slots
from crash_rate_aggregates.errors import QuestionNotFoundError
from crash_rate_aggregates.questions.statement import Answer
from crash_rate_aggregates.sql_text import sql_names, sql_text

PARAMETERS: Mapping[str, str] = {
    "first_date": "First day, a date.",
    "last_date": "Last day, included, a date.",
    "application": "One application, a text; the question `applications` lists them.",
    "channels": "Channels, an array of texts; the question `channels` lists them.",
    "channel": "One channel, a text.",
}
"""What each parameter stands for."""
_DUE_DATE = "(now() AT TIME ZONE 'UTC' - INTERVAL '36 hours')::date"
"""The last submission date that should be stored: each is due at noon UTC of the day after it."""
_HOURS_NOTE = """CASE
    WHEN is_untold THEN 'no active ticks'
    WHEN NOT is_asked THEN 'its submission date is not asked for'
    WHEN usage_hours IS NULL THEN 'active hours not counted: fill the days again'
    ELSE replace({note_of_dates}, 'usage hours', %(hours)s)
END"""
"""Why there is no rate, whichever hours it is by."""
_IS_ASKED = """day BETWEEN coalesce(%(min_submission_date)s::date, '-infinity')
AND coalesce(%(max_submission_date)s::date, 'infinity')"""
"""Whether the submission date of the same day is in the range."""
_PARAMETER = re.compile(r"%\(([a-z_]+)\)s")
_PACKAGE = __name__.rpartition(".")[0]


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


# The files do not change while the program runs.
@cache
def questions() -> Mapping[str, Question]:
    """Return all questions by name, sorted."""
    return {name: _question(name) for name in sql_names(_PACKAGE)}


def found(name: str) -> Question:
    """Return the question of that name; - and _ are alike.

    Raises:
        QuestionNotFoundError: There is none.
    """
    question = questions().get(name.replace("-", "_"))
    if question is None:
        raise QuestionNotFoundError(
            f"there is no question {name!r}: choose from {', '.join(questions())}"
        )
    return question


def listed() -> Answer:
    """Return the questions there are, as an answer of its own."""
    return Answer(("question", "title"), [(one.name, one.title) for one in questions().values()])


@cache
def command_query(name: str, seconds: str = "usage_seconds") -> str:
    """Return a query of `rates`, `ledger` or `history`, whose answers have shapes of their own.

    Args:
        name: Of the file in queries/, without `.sql`.
        seconds: The stat of which hours are made.
    """
    return _with_slots(f"queries/{name}", seconds)


def _question(name: str) -> Question:
    lines = _with_slots(name).splitlines()
    length = next(number for number, line in enumerate(lines) if not line.startswith("--"))
    title, *description = (line.removeprefix("--").strip() for line in lines[:length])
    return Question(name, title, " ".join(description), "\n".join(lines[length:]))


def _with_slots(path: str, seconds: str = "usage_seconds") -> str:
    rates = rate_slots(seconds=seconds)
    # A part of two questions, which differ in what divides the crashes.
    by_crash = with_slots(sql_text(_PACKAGE, "queries/sums_by_crash"), rates).strip()
    slots = {
        **rates,
        "due_date": _DUE_DATE,
        "hours_note": with_slots(_HOURS_NOTE, rates),
        "is_asked": _IS_ASKED,
        "newest_assessment": sql_text(_PACKAGE, "queries/newest_assessment").strip(),
        "sums_by_process": with_slots(by_crash, {"what": "process"}),
        "sums_by_class": with_slots(by_crash, {"what": "crash_class"}),
    }
    return with_slots(sql_text(_PACKAGE, path), slots)
