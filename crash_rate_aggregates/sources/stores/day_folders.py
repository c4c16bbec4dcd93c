"""Which folder holds a submission date: `submission_date=…` below a folder, or a date pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crash_rate_aggregates.errors import BadSettingError

# Also a percent sign at the very end, which names no field and is refused.
_FIELD = re.compile(r"%(.?)", re.DOTALL)
_FIELDS = {"Y", "m", "d"}
_DAY_FOLDER = "submission_date="
_SHOWN_DAYS = 3


@dataclass(frozen=True, slots=True)
class DayPattern:
    """Where days lie below one place."""

    pattern: str
    """What --pings says: a folder, or a folder's name with strftime's %Y, %m, %d."""

    @property
    def has_fields(self) -> bool:
        """Whether the pattern names each day's folder itself."""
        return "%" in self.pattern

    @property
    def root(self) -> str:
        """The folder that must exist: all before the first part with a field."""
        if not self.has_fields:
            return self.pattern
        parent, slash, _ = self.pattern[: self.pattern.index("%")].rpartition("/")
        return parent or slash or "."

    def folder(self, day: date) -> str:
        """Return the folder of one day.

        Raises:
            BadSettingError: The pattern has another field than %Y, %m, %d and %%, or lacks one.
        """
        if not self.has_fields:
            return f"{self.pattern.rstrip('/')}/{_DAY_FOLDER}{day.isoformat()}"
        found = set(_FIELD.findall(self.pattern))
        if found - {"%"} != _FIELDS:
            raise BadSettingError(
                f"the pattern {self.pattern!r} must name a day by %Y, %m and %d, and by nothing "
                "else: write %Y%m%d, or %% for a percent sign"
            )
        values = {"Y": f"{day:%Y}", "m": f"{day:%m}", "d": f"{day:%d}", "%": "%"}
        # Not strftime on the whole: it refuses paths that are no UTF-8.
        return _FIELD.sub(lambda field: values[field[1]], self.pattern)

    def day_of_folder(self, name: str) -> date | None:
        """Return the day that a folder below a plain place holds, None if it holds none."""
        if not name.startswith(_DAY_FOLDER):
            return None
        try:
            return date.fromisoformat(name.removeprefix(_DAY_FOLDER))
        except ValueError:
            return None


def shown_days(found: Iterable[date | None]) -> str:
    """Name the last of the days that lie in one place, for a message; None is no day."""
    days = sorted(filter(None, found))
    shown = ", ".join(day.isoformat() for day in days[-_SHOWN_DAYS:])
    return f"the last days there: {shown}" if shown else "no day is there"
