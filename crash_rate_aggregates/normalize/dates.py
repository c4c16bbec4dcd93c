"""The two kinds of dates, read strictly: neither strptime nor fromisoformat is strict enough."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from crash_rate_aggregates.errors import DateRangeError

FIRST_SUBMISSION_DATE = date(2000, 1, 1)
LAST_SUBMISSION_DATE = date(2199, 12, 31)

_BEYOND_ISO = len("YYYY-MM-DD") + 1
"""Of a longer text no more is needed, or kept, to tell that it is no date."""
_SUBMISSION_DATE = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})")
_CLIENT_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?=[T ]|\Z)")


def parse_submission_date(text: str) -> date | None:
    """Read YYYYMMDD or YYYY-MM-DD from 2000-01-01 to 2199-12-31; None if it is anything else."""
    return _submission_date(text[:_BEYOND_ISO])


@lru_cache(maxsize=64)
def _submission_date(text: str) -> date | None:
    match = _SUBMISSION_DATE.fullmatch(text)
    day = _real_date(match[1], match[3], match[4]) if match else None
    in_range = day is not None and FIRST_SUBMISSION_DATE <= day <= LAST_SUBMISSION_DATE
    return day if in_range else None


def check_order(first: date | None, last: date | None) -> None:
    """Pass a range of days; None is no bound.

    Raises:
        DateRangeError: The last lies before the first.
    """
    if first and last and last < first:
        raise DateRangeError(
            f"the range ends on {last} before it begins on {first}: exchange the two dates"
        )


@lru_cache(maxsize=4096)
def _client_date(start: str) -> date | None:
    match = _CLIENT_DATE.match(start)
    return _real_date(match[1], match[2], match[3]) if match else None


def parse_client_date(text: str) -> date | None:
    """Read the client's own calendar date from the first ten characters, like 2016-03-14T….

    Followed by nothing, `T` or a space; the rest is not read. None if it is no real date.
    """
    return _client_date(text[:11])


def _real_date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
