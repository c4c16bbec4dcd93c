"""One client of a day: what it runs, and when it was active."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from crash_rate_aggregates.sample_pings.world_2016.populations import (
    CHANNELS,
    COUNTRIES,
    SYSTEMS,
    Build,
    Channel,
    draw_build,
)

_CHANNEL_WEIGHTS = list(accumulate(channel.share for channel in CHANNELS))
_SYSTEM_WEIGHTS = list(accumulate(share for share, _, _ in SYSTEMS))
_COUNTRY_WEIGHTS = list(accumulate(share for share, _ in COUNTRIES))
_MAX_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Client:
    """What the dimensions of a ping say."""

    channel: Channel
    build: Build
    os_name: str
    os_version: str
    architecture: str
    country: str
    e10s: bool
    experiment: str | None


def draw_client(day: date, random: Random) -> Client:
    """Draw a client by the shares of the populations."""
    channel = random.choices(CHANNELS, cum_weights=_CHANNEL_WEIGHTS)[0]
    _, os_name, os_version = random.choices(SYSTEMS, cum_weights=_SYSTEM_WEIGHTS)[0]
    _, country = random.choices(COUNTRIES, cum_weights=_COUNTRY_WEIGHTS)[0]
    is_64_bit = os_name == "Darwin" or random.random() < 0.35
    return Client(
        channel=channel,
        build=draw_build(channel, day, random),
        os_name=os_name,
        os_version=os_version,
        architecture="x86-64" if is_64_bit else "x86",
        country=country,
        e10s=channel.name in ("nightly", "aurora") or random.random() < 0.3,
        experiment="e10s-beta-46" if channel.name == "beta" and random.random() < 0.05 else None,
    )


def draw_session_seconds(random: Random) -> int:
    """Draw a session's length.

    Log-normal with a median of 28 minutes and sigma 1.75, cut at a day, and 2% of daily splits: the
    quantiles of 100 real pings (p50 1,720 s, p75 2.4 h, p90 7.2 h, mean 2.17 h).
    """
    if random.random() < 0.02:
        return _MAX_SECONDS
    return min(int(random.lognormvariate(7.43, 1.75)), _MAX_SECONDS - 1)


def draw_main_activity(day: date, random: Random) -> date:
    """Draw when a main ping's session began: delays of January 2017 and clocks that are off."""
    return day - timedelta(days=_drawn(random, _MAIN_DELAYS))


def draw_crash_activity(day: date, random: Random) -> date:
    """Draw when a crash happened: 16% of crash pings come over 4 days late."""
    return day - timedelta(days=_drawn(random, _CRASH_DELAYS))


# Cumulative share, days before submission (ping_delays and crash_ping_delays of 2017-01-10; the
# 100 real pings for clocks that run ahead, 3%, or are years off, 1%).
_MAIN_DELAYS = ((0.70, 0), (0.87, 1), (0.92, 2), (0.94, 3), (0.955, 5), (0.97, 7), (0.975, 12))
_CRASH_DELAYS = ((0.72, 0), (0.80, 1), (0.82, 3), (0.88, 5), (0.93, 7), (0.975, 15))
_AHEAD = 0.99


def _drawn(random: Random, delays: tuple[tuple[float, int], ...]) -> int:
    drawn = random.random()
    for share, days in delays:
        if drawn < share:
            return days
    return -1 if drawn < _AHEAD else 4_124
