"""The hours that rates are by: those of usage, or those in which somebody used the application."""

from __future__ import annotations

from dataclasses import dataclass

from crash_rate_aggregates.ledger import ACTIVE_TICKS


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours to divide crashes by."""

    name: str
    """What people call them."""
    seconds: str
    """The stat that is summed."""
    told_by: str | None = None
    """What usage pings must carry to tell them, one of `CARRIED_FIELDS`; None: all of them do."""

    @property
    def key(self) -> str:
        """What `--per` calls them."""
        return self.name.replace(" ", "-")

    def column_of(self, name: str) -> str:
        """Return what an answer calls a column that queries name by usage hours."""
        return name.replace("usage_hours", self.name.replace(" ", "_"))


USAGE_HOURS = Hours("usage hours", "usage_seconds")
ACTIVE_HOURS = Hours("active hours", "active_seconds", told_by=ACTIVE_TICKS)
HOURS = {hours.key: hours for hours in (USAGE_HOURS, ACTIVE_HOURS)}
"""By what `--per` calls them."""
