"""The SQL of the group stage, the same for every engine."""

from __future__ import annotations

from crash_rate_aggregates.rows import PING_SCHEMA
from crash_rate_aggregates.sql_text import sql_text
from crash_rate_aggregates.stats import STAT_NAMES

GROUP_STEPS = (
    "copied_ids",
    "one_of_each_id",
    "copied_minidumps",
    "one_of_each_minidump",
    "sent_as_both",
    "winners",
)
"""The statements that lead from the rows, named `pings`, to the `winners`, in order."""
KEPT_STEPS = frozenset({"copied_ids", "copied_minidumps", "sent_as_both"})
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
    "choice": ", ".join(_CHOICE),
    "sums": ", ".join(f"sum({name})::BIGINT AS {name}" for name in STAT_NAMES),
}


def statement(name: str, *, kept: str) -> str:
    """Return a statement from queries/.

    Args:
        name: Of the file.
        kept: TABLE, or VIEW where the engine has no temporary tables.
    """
    # By str.format, not as parameters: these are parts of statements, and all are ours.
    text = sql_text("crash_rate_aggregates.engines", f"queries/{name}")
    return text.format_map({**_SLOTS, "kept": kept})
