"""The SQL of the group stage, the same for every engine."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from crash_rate_aggregates.day_tables import NAMED_COUNTRIES
from crash_rate_aggregates.engines.people_statements import people_slots
from crash_rate_aggregates.rows import CUT_NAMES, PING_SCHEMA
from crash_rate_aggregates.sql_text import sql_text
from crash_rate_aggregates.stats import STAT_NAMES

WINNERS = "winners"
"""The pings that count."""
GROUP_STEPS = (
    "copied_ids",
    "one_of_each_id",
    "copied_minidumps",
    "one_of_each_minidump",
    "sent_as_both",
    WINNERS,
    "own_labels",
    "labels",
    "labeled",
    "named_countries",
)
"""The statements that lead from the rows, named `pings`, and the `known_labels` to what the tables
of the day are made from: the `winners`, and these with the labels of their builds. In order."""
KEPT_STEPS = frozenset(
    {
        *("copied_ids", "copied_minidumps", "sent_as_both"),
        *("own_labels", "labels", "named_countries"),
    }
)
"""Those whose results are small, and read more than once."""
# Of copies of one order all that is summed is equal; the rest makes the choice one of its own.
_CHOICE = (
    "is_glean DESC",
    "copy_high",
    "copy_low",
    "coalesce(application, '')",
    "coalesce(pair_high, 0)",
    "coalesce(pair_low, 0)",
)
_SLOTS = {
    "columns": ", ".join(PING_SCHEMA.names),
    "cut": ", ".join(CUT_NAMES),
    "stats": ", ".join(STAT_NAMES),
    "named_countries": str(NAMED_COUNTRIES),
    **people_slots(),
    "choice": ", ".join(_CHOICE),
    "sums": ", ".join(f"sum({name})::BIGINT AS {name}" for name in STAT_NAMES),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where the engines' SQL differs."""

    kept: str
    """TABLE, or VIEW where the engine has no temporary tables."""
    unnest: str
    """The function that makes a row of each element of a list."""


def statement(name: str, dialect: Dialect) -> str:
    """Return a statement from queries/, by the name of its file."""
    # By str.format, not as parameters: these are parts of statements, and all are ours.
    text = sql_text("crash_rate_aggregates.engines", f"queries/{name}")
    return text.format_map({**_SLOTS, **asdict(dialect)})
