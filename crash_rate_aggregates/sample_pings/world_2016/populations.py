"""Who sends sample pings: shares and rates as Mozilla published them, with the places named.

Shares are of main pings. The real ones of nightly and aurora (1 in 3,000) would leave a sample with
nothing to see, so these channels have a floor; rates per 1,000 hours are not changed by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

_FIRST_RELEASE = date(2016, 1, 26)
_FIRST_VERSION = 44
_CYCLE_DAYS = 42
_ADOPTION_DAYS = 10
_EARLY_DAYS = 3
_EARLY_FACTOR = 1.6
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Channel:
    """One release channel."""

    name: str
    share: float
    """Of main pings; all sum to 1."""
    main_rate: float
    """Main process crashes per 1,000 usage hours (telemetry-dashboard crashes/thresholds.js)."""
    content_rate: float
    """Content crashes per 1,000 hours, shutdown kills included (same source, M+C minus M)."""
    shutdown_share: float
    """Of content crashes that are kills at shutdown (M+C against M+C-S)."""
    plugin_rate: float
    versions_ahead: int
    """Of the release channel."""
    suffix: str
    """Of the version."""
    build_every_days: int


CHANNELS = (
    Channel("release", 0.62, 3.0, 2.4, 0.3, 7.5, 0, ".0", _CYCLE_DAYS),
    Channel("beta", 0.17, 5.0, 5.0, 0.5, 8.0, 1, ".0", 7),
    Channel("nightly", 0.12, 3.8, 25.0, 0.75, 2.2, 3, ".0a1", 1),
    Channel("aurora", 0.05, 4.2, 12.0, 0.6, 4.0, 2, ".0a2", 1),
    Channel("esr", 0.03, 2.6, 1.5, 0.3, 7.0, -1, ".3.0esr", _CYCLE_DAYS),
    Channel("default", 0.01, 4.0, 3.0, 0.3, 3.0, 0, ".0", _CYCLE_DAYS),
)
GPU_RATE = 0.3
GMPLUGIN_RATE = 0.05
"""Per 1,000 hours, all channels."""

# Profiles by system (longitudinal tutorial), Windows versions (100 real pings of 2017).
SYSTEMS = (
    (0.50, "Windows_NT", "6.1"),
    (0.29, "Windows_NT", "10.0"),
    (0.10, "Windows_NT", "6.3"),
    (0.02, "Windows_NT", "5.1"),
    (0.05, "Darwin", "15.3.0"),
    (0.015, "Darwin", "14.5.0"),
    (0.015, "Linux", "4.4.0-21-generic"),
    (0.01, "Linux", "3.16.0-4-amd64"),
)
COUNTRIES = (
    *((0.13, code) for code in ("US", "DE")),
    *((0.06, code) for code in ("FR", "IN", "ID")),
    *((0.04, code) for code in ("BR", "RU", "PL", "IT")),
    *((0.02, code) for code in ("GB", "JP", "ES", "CA", "MX", "TR", "NL", "VN")),
    *((0.01, code) for code in ("UA", "AR", "CZ", "HU", "AT", "CH", "BE", "SE", "GR", "AU", "??")),
    *((0.004, code) for code in ("RO", "CO", "PT", "FI", "DK", "NO", "EG", "TH", "PH", "MM")),
)


@dataclass(frozen=True, slots=True)
class Build:
    """What a client runs."""

    version: str
    build_id: str
    age_days: int
    """Since it was built."""


@dataclass(frozen=True, slots=True)
class Regression:
    """A build that really crashes more often, on one system only."""

    build_id: str
    os_name: str
    factor: float
    """Of the main crash rate."""


def regression(day: date) -> Regression:
    """Return the nightly build of the week of `day` that regressed, for dashboards to find.

    One each week, on its third day, so that any range of seven days holds one.
    """
    built = date.fromordinal(day.toordinal() - day.toordinal() % _WEEK + 2)
    return Regression(_build_id(built), "Windows_NT", 4.0)


def draw_build(channel: Channel, day: date, random: Random) -> Build:
    """Draw the build of a client that is active on a day: new ones are taken up over days."""
    cycle_day = (day - _FIRST_RELEASE).days % channel.build_every_days
    built = day - timedelta(days=cycle_day)
    if channel.build_every_days == 1:
        built -= timedelta(days=min(int(random.expovariate(0.8)), 20))
    elif random.random() > (cycle_day + 1) / min(_ADOPTION_DAYS, channel.build_every_days):
        built -= timedelta(days=channel.build_every_days)
    cycles = (built - _FIRST_RELEASE).days // _CYCLE_DAYS
    number = max(_FIRST_VERSION + cycles + channel.versions_ahead, 1)
    return Build(f"{number}{channel.suffix}", _build_id(built), (day - built).days)


def early_factor(channel: Channel, build: Build) -> float:
    """Return how much more a new release crashes in its first days."""
    is_early = channel.build_every_days > 1 and build.age_days < _EARLY_DAYS
    return _EARLY_FACTOR if is_early else 1.0


def _build_id(built: date) -> str:
    return f"{built:%Y%m%d}030230"
