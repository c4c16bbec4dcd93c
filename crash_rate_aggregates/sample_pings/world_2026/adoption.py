"""Which build a client runs on a day: each updates as late after each build as it always does."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from itertools import pairwise

from crash_rate_aggregates.sample_pings.world_2026.release_calendar import Build, builds
from crash_rate_aggregates.sample_pings.world_2026.shares import spread

# Days since a build was shipped, and the share of its train's clients that have taken it by then.
# [chosen] Release: throttled on the first day, 70% after five; a tail that stays behind for weeks.
# Beta and nightly update by themselves within a day or two of use.
_RELEASE_CURVE = (
    *((0.0, 0.0), (0.4, 0.08), (1.4, 0.25), (2.4, 0.42), (3.4, 0.55), (4.4, 0.64), (5.4, 0.70)),
    *((7.4, 0.79), (10.4, 0.86), (14.4, 0.90), (21.4, 0.935), (28.4, 0.95), (56.4, 0.97)),
    (125.0, 1.0),
)
_BETA_CURVE = (
    *((0.0, 0.0), (0.5, 0.35), (1.5, 0.60), (2.5, 0.72), (3.5, 0.78), (5.5, 0.85), (7.5, 0.89)),
    *((14.5, 0.94), (30.0, 0.97), (100.0, 1.0)),
)
_NIGHTLY_CURVE = (
    *((0.0, 0.0), (0.1, 0.10), (0.5, 0.34), (1.1, 0.56), (1.5, 0.64), (2.1, 0.71), (3.1, 0.79)),
    *((7.0, 0.89), (14.0, 0.94), (30.0, 0.975), (70.0, 1.0)),
)
_CURVES = {"beta": _BETA_CURVE, "nightly": _NIGHTLY_CURVE}


def adopted(train: str, age: float) -> float:
    """Return the share of a train's clients that run a build or a newer one.

    Args:
        train: As `release_calendar.builds` names it.
        age: Days since it was shipped.
    """
    curve = _CURVES.get(train, _RELEASE_CURVE)
    for (start, low), (end, high) in pairwise(curve):
        if age < end:
            return low + (high - low) * (age - start) / (end - start)
    return 1.0


@lru_cache(maxsize=512)
def builds_in_use(train: str, day: date, moved: int | None = None) -> tuple[Build, ...]:
    """Return a table of what a train's clients run at the end of a day, by shares.

    Args:
        train: As of `release_calendar.builds`.
        day: Any.
        moved: As of `release_calendar.builds`.
    """
    end = day.toordinal() + 1
    shares = []
    before = 0.0
    for build in builds(train, day, moved):
        share = adopted(train, end - build.shipped)
        shares.append((max(share - before, 0.0), build))
        before = max(share, before)
        if before >= 1:
            break
    return spread(shares)


def age_in_days(build: Build, day: date) -> int:
    """Return how many days before a day a build was shipped."""
    return day.toordinal() - int(build.shipped)
