"""A day of the world of 2026, as tests read it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any

from crash_rate_aggregates.sample_pings.world_2026.heard_pings import HeardPing, pings_of_day
from crash_rate_aggregates.sample_pings.world_2026.sessions import Happenings

DAY = date(2026, 11, 25)
HAPPENINGS = Happenings(1, 20_000)


@cache
def sample_day() -> tuple[HeardPing, ...]:
    """Return the pings of `DAY`, drawn once for all tests."""
    return tuple(pings_of_day(HAPPENINGS, DAY))


def documents(pings: Iterable[HeardPing], doc_type: str) -> Iterator[dict[str, Any]]:
    """Give the pings of a doc type that are JSON."""
    for ping in pings:
        if ping.doc_type == doc_type:
            try:
                found = json.loads(ping.line)
            except ValueError:
                continue
            yield found
