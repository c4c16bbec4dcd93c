"""Dates on a client's own calendar."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from crash_rate_aggregates.submission_dates import calendar_date

_DATE_AND_MORE = len("YYYY-MM-DD") + 1
# Clients write time and zone in several forms; all that is read stands before them.
_CLIENT_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?=[T ]|\Z)")


def parse_client_date(text: str) -> date | None:
    """Read the client's own calendar date from the first ten characters, like 2016-03-14T….

    Followed by nothing, `T` or a space; the rest is not read. None if it is no real date.
    """
    return _client_date(text[:_DATE_AND_MORE])


@lru_cache(maxsize=4096)
def _client_date(start: str) -> date | None:
    match = _CLIENT_DATE.match(start)
    return calendar_date(match[1], match[2], match[3]) if match else None
