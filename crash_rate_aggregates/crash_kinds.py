"""The kinds of crashes that have a rate: what each is called, and how it is counted from stats.

The functions and views of the database, the questions, the tables of the terminal and the docs are
made from this table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crash_rate_aggregates.stats import STATS, Stat


@dataclass(frozen=True, slots=True)
class CrashKind:
    """One kind of crash."""

    name: str
    """What the database calls it."""
    label: str
    """What people say; heads a narrow column."""
    heading: str
    """Heads a wide column."""
    description: str
    """What is counted, in Markdown."""
    crashes: str
    """SQL over the sums of stats of a group: how many crashes there are, a count."""
    needs_crash_pings: bool = False
    """Whether it cannot be known where no crash pings were counted."""
    column: str | None = None
    """Begins the names of the kind's columns in questions where each kind has its own, like
    `m_c_s` of `m_c_s_rate`; None for a kind that these questions leave out."""

    def is_made_of(self, stat: Stat) -> bool:
        """Tell whether the stat enters the kind."""
        # By whole words: names of stats are parts of others.
        return re.search(rf"\b{stat.name}\b", self.crashes) is not None


_MAIN = "crash_main(main_crashes, main_crashes_sent_twice)"
_NOT_AT_SHUTDOWN = "content_crashes_not_at_shutdown"
_MADE_OF_STATS = (
    CrashKind(
        "main",
        "M",
        "main (M)",
        "`main_crashes`, less half of `main_crashes_sent_twice`",
        crashes=_MAIN,
        needs_crash_pings=True,
        column="main",
    ),
    CrashKind(
        "content",
        "C",
        "content (C)",
        "`content_crashes`, shutdown kills with a dump included",
        crashes="content_crashes",
        column="content",
    ),
    CrashKind(
        "content_minus_shutdown",
        "C-S",
        "C-S",
        "`content_crashes_not_at_shutdown`",
        crashes=_NOT_AT_SHUTDOWN,
        needs_crash_pings=True,
    ),
    CrashKind(
        "main_and_content_minus_shutdown",
        "M+C-S",
        "M+C-S",
        "`main` and `content_minus_shutdown` together",
        crashes=f"{_MAIN} + {_NOT_AT_SHUTDOWN}",
        needs_crash_pings=True,
        column="m_c_s",
    ),
)


def kinds_of(stats: Iterable[Stat]) -> tuple[CrashKind, ...]:
    """Return the kinds: those made of several stats, then the stats that are a kind themselves."""
    return (
        *_MADE_OF_STATS,
        *(
            CrashKind(stat.kind, stat.kind, stat.kind, f"`{stat.name}`", crashes=stat.name)
            for stat in stats
            if stat.kind
        ),
    )


def stats_of(kinds: Sequence[CrashKind], stats: Iterable[Stat]) -> tuple[Stat, ...]:
    """Return the stats that enter one of the kinds, in their own order."""
    return tuple(stat for stat in stats if any(kind.is_made_of(stat) for kind in kinds))


def summed(stat: Stat, expression: str, condition: str = "", over: str = "") -> str:
    """Return SQL for the sum of a stat over rows: NULL where one of them did not count it.

    Args:
        stat: Whose column is summed.
        expression: What is summed of each row, NULL only where the column is.
        condition: A FILTER clause on the rows.
        over: An OVER clause, for a window.
    """
    text = " ".join(filter(None, (f"sum({expression})", condition))) + over
    if stat.rules_version == 1:
        return text
    # Only these columns can be NULL, and to look for it takes its time.
    missing = " ".join(filter(None, (f"bool_and({stat.name} IS NOT NULL)", condition))) + over
    return f"CASE WHEN {missing} THEN {text} END"


CRASH_KINDS = kinds_of(STATS)
"""In the order in which people see them."""
