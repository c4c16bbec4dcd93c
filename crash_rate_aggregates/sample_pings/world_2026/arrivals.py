"""How much is used on a day, and on which later days the server hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from math import exp
from random import Random

# [published] Days from activity to submission of 100 real main pings of Firefox 56 with pingsender
# (python_mozetl, 2017-09-09): 67 the same day, 23 the next, and 95% of a day's data within two days
# (blog.mozilla.org/data 2017-09-19). The tail is drawn out to 10 days.
LAG_SHARES: Mapping[int, float] = {
    0: 0.705,
    1: 0.225,
    2: 0.030,
    3: 0.013,
    4: 0.010,
    5: 0.006,
    6: 0.004,
    7: 0.003,
    10: 0.004,
}
"""Share of the usage pings of a day that come so many days later."""
_FRIDAY = 4
_OVER_THE_WEEKEND = 0.06
"""[chosen] So many of Friday's pings come on Monday: their machines stand in offices."""
_WEEKDAYS = (1.05, 1.06, 1.06, 1.05, 1.02, 0.87, 0.89)
"""[chosen] Use on Monday to Sunday; in the mean 1."""
_VOLUME_SPREAD = 0.012
"""[chosen] Of the logarithm of a day's use."""
_RATE_SPREAD = 0.04
"""Of the logarithm of a day's crash rates: 4.1% from day to day in the real series of 2016 and 2017
([published] FirefoxCrashGraphs)."""
CRASHES_HEARD_LATE = 0.15
"""[chosen] Of crash pings come with the session's usage ping, at the next start; the others at
once."""


def lag_shares(day: date) -> Mapping[int, float]:
    """Return the shares of a day's usage pings by how many days later they come."""
    if day.weekday() != _FRIDAY:
        return LAG_SHARES
    moved = {1: LAG_SHARES[1] - _OVER_THE_WEEKEND, 3: LAG_SHARES[3] + _OVER_THE_WEEKEND}
    return {**LAG_SHARES, **moved}


def sessions_in(seed: int, pings_per_day: int, day: date, lag: int, random: Random) -> int:
    """Return how many sessions of a day the server hears of so many days later."""
    expected = pings_per_day * _volume(seed, day) * lag_shares(day)[lag]
    # Rounded by chance, so that small samples keep the shares.
    return int(expected + random.random())


@lru_cache(maxsize=64)
def _volume(seed: int, day: date) -> float:
    return _WEEKDAYS[day.weekday()] * _noise(f"{seed} {day} volume", _VOLUME_SPREAD)


def rate_of_day(seed: int, day: date, audience: str) -> float:
    """Return the factor that an audience's crash rates have on a day; in the mean 1."""
    return _noise(f"{seed} {day} {audience} crashes", _RATE_SPREAD)


def _noise(name: str, spread: float) -> float:
    return exp(Random(name).gauss(-spread * spread / 2, spread))
