"""Versions that are made worse on purpose."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.sample_pings.world_2026.adoption import builds_in_use
from crash_rate_aggregates.sample_pings.world_2026.senders import TRAINS

_MOST = 1000.0
_NEWEST_SHOWN = 8


def worse_versions(
    texts: Iterable[str], days: Iterable[date], moved: int | None = None
) -> Mapping[str, float]:
    """Read `VERSION=FACTOR` and return the factors by version.

    Args:
        texts: Like `156.0b3=2`; versions as people say them.
        days: On which pings are sent.
        moved: As of `release_calendar.builds`.

    Raises:
        UsageError: One is not of that form, or nobody runs that version on these days.
    """
    factors = {}
    for text in texts:
        version, found, stated = text.partition("=")
        factors[version] = _factor(text, stated if found else "")
    if factors:
        in_use = _labels(days, moved)
        for version in factors:
            if version not in in_use:
                raise UsageError(
                    f"nobody runs version {version!r} on these days: name another for --worse, "
                    f"like {', '.join(in_use[:_NEWEST_SHOWN])}"
                )
    return factors


def _factor(text: str, stated: str) -> float:
    try:
        factor = float(stated)
    except ValueError:
        factor = math.nan
    if not 0 <= factor <= _MOST:
        raise UsageError(
            f"--worse is VERSION=FACTOR with a factor from 0 to {_MOST:.0f}, like 156.0=2, and not "
            f"{text!r}"
        )
    return factor


def _labels(days: Iterable[date], moved: int | None) -> list[str]:
    """Return what is run on some days or shortly before, the newest build of each train first."""
    # Of the days before too: their pings come late.
    earlier = {day - timedelta(days=age) for day in days for age in (0, 1, 2)}
    found = [
        build
        for train in TRAINS
        for day in sorted(earlier, reverse=True)
        for build in dict.fromkeys(builds_in_use(train, day, moved))
    ]
    newest = sorted(set(found), key=lambda build: (-build.shipped, build.label))
    return list(dict.fromkeys(build.label for build in newest))
