"""The SQL of the group stage, the same for every engine."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from crash_rate_aggregates.engines.people_statements import people_slots
from crash_rate_aggregates.rows import CUT_NAMES, NAMED_COUNTRIES, PING_SCHEMA
from crash_rate_aggregates.sql_text import sql_text
from crash_rate_aggregates.stats import STAT_NAMES

GROUP_STEPS = (
    "copied_ids",
    "lost_by_id",
    "one_of_each_id",
    "copied_minidumps",
    "lost_by_minidump",
    "sent_as_both",
    "winners",
)
"""The statements that lead from the rows, named `pings`, to the `winners`, in order."""
_LABELS = ("own_labels", "labels")
STEPS_OF = {
    "by_process": ("named_countries",),
    "labels_of_day": _LABELS,
    "clients": (*_LABELS, "labeled"),
    "by_experiment": (*_LABELS, "labeled"),
}
"""By statement of a day's table, the further ones that it needs before it, each once, in order."""
KEPT_STEPS = frozenset({*GROUP_STEPS, *_LABELS, "named_countries"} - {"one_of_each_id", "winners"})
"""Those whose results are small, and read more than once."""
_BY_ID = {"key": "id", "source": "pings"}
_BY_MINIDUMP = {"key": "minidump", "source": "one_of_each_id"}
_SHARED = {
    "copied_ids": ("copied", _BY_ID),
    "lost_by_id": ("lost", _BY_ID),
    "copied_minidumps": ("copied", _BY_MINIDUMP),
    "lost_by_minidump": ("lost", _BY_MINIDUMP),
}
"""Steps that are one file of two keys: the file's name, and what stands in its slots."""
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
    """Return a statement: a step of `GROUP_STEPS`, or by the name of its file in queries/."""
    # By str.format, not as parameters: these are parts of statements, and all are ours.
    file, slots = _SHARED.get(name, (name, {}))
    text = sql_text("crash_rate_aggregates.engines", f"queries/{file}")
    return text.format_map({**_SLOTS, **asdict(dialect), **slots})
