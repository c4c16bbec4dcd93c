"""What stands below a table of rates: which groups have none, and why."""

from __future__ import annotations

from collections.abc import Sequence

from crash_rate_aggregates.questions.hours import Hours
from crash_rate_aggregates.terminal.cells import cell

_NAMED_GROUPS = 3


def named_groups(reason: str, groups: Sequence[tuple[str | None, ...]]) -> str:
    """Return the reason with the first groups, and how many more there are; empty without any."""
    if not groups:
        return ""
    named = [" ".join(map(cell, group)) or "all" for group in groups[:_NAMED_GROUPS]]
    more = f" and {len(groups) - len(named):,} more" if len(groups) > len(named) else ""
    return f"{reason}: {', '.join(named)}{more}"


def few_hours(groups: int, least: float, hours: Hours) -> str:
    """Return how many groups are not shown, as they have fewer hours than the least."""
    return f"{groups:,} more with fewer than {least:,.0f} {hours.name}"


def left_out(applications: Sequence[str], hours: Hours) -> str:
    """Return which applications are in no rate, as their pings do not tell such hours."""
    if not applications:
        return ""
    return f"without {', '.join(map(cell, applications))}: no {hours.told_by} in their pings"
