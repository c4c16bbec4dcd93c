"""Submission dates: read as people and pings write them, and ranges of them.

Nothing but the standard library is loaded here, so that a mistyped date is told at once.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from crash_rate_aggregates.errors import BadDateError, DateRangeError

FIRST_SUBMISSION_DATE = date(2000, 1, 1)
LAST_SUBMISSION_DATE = date(2199, 12, 31)

_BEYOND_ISO = len("YYYY-MM-DD") + 1
"""Of a longer text no more is needed, or kept, to tell that it is no date."""
# Neither strptime nor fromisoformat is strict enough: both take more forms than these two.
_SUBMISSION_DATE = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})")


def parse_submission_date(text: str) -> date | None:
    """Read YYYYMMDD or YYYY-MM-DD from 2000-01-01 to 2199-12-31; None if it is anything else."""
    return _submission_date(text[:_BEYOND_ISO])


def submission_date(text: str) -> date:
    """Read a submission date as people type it.

    Raises:
        BadDateError: It is neither YYYY-MM-DD nor YYYYMMDD, or out of 2000 to 2199.
    """
    day = parse_submission_date(text)
    if day is None:
        raise BadDateError(
            f"{text!r} is no submission date from {FIRST_SUBMISSION_DATE} to "
            f"{LAST_SUBMISSION_DATE}: write 2016-03-14 or 20160314"
        )
    return day


def submission_dates(first: date | None, last: date | None, *, today: date) -> list[date]:
    """Return the days from the first to the last; a bound that is not given is yesterday.

    Args:
        first: The first submission date.
        last: The last one, included.
        today: The current date in UTC.

    Raises:
        DateRangeError: The last lies before the first.
    """
    yesterday = today - timedelta(days=1)
    first, last = first or yesterday, last or yesterday
    check_order(first, last)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def check_order(first: date | None, last: date | None) -> None:
    """Pass a range of days; None is no bound.

    Raises:
        DateRangeError: The last lies before the first.
    """
    if first and last and last < first:
        raise DateRangeError(
            f"the range ends on {last} before it begins on {first}: exchange the two dates"
        )


def calendar_date(year: str, month: str, day: str) -> date | None:
    """Return the date of three numbers in digits, None if the calendar does not have it."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


# Each ping of a day names the same few dates.
@lru_cache(maxsize=64)
def _submission_date(text: str) -> date | None:
    match = _SUBMISSION_DATE.fullmatch(text)
    day = calendar_date(match[1], match[3], match[4]) if match else None
    in_range = day is not None and FIRST_SUBMISSION_DATE <= day <= LAST_SUBMISSION_DATE
    return day if in_range else None
