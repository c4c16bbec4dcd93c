"""What crashes: processes and classes, with rates per 1,000 hours of use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate
from typing import NamedTuple


class CrashClass(Enum):
    """Mozilla's classes (bigquery-etl crash_counts_aggregates_v1), and shutdown kills."""

    NONE = "none"
    OUT_OF_MEMORY = "out of memory"
    BACKGROUND_TASK = "background task"
    SHUTDOWN_HANG = "shutdown hang"
    SHUTDOWN_KILL = "shutdown kill"


@dataclass(frozen=True, slots=True, eq=False)
class Cause:
    """One way to crash."""

    process: str
    """As crash pings say it."""
    crash_class: CrashClass
    share: float
    """Of the crashes of its process; of kills, of all kills."""
    is_startup: bool = False

    @property
    def is_headline(self) -> bool:
        """Whether M or C counts it: a main or content crash that is no shutdown kill."""
        is_kill = self.crash_class is CrashClass.SHUTDOWN_KILL
        return self.process in ("main", "content") and not is_kill


KILL = Cause("content", CrashClass.SHUTDOWN_KILL, 1.0)
"""A content process that did not end in time and was killed: ShutDownKill."""
# [chosen] Shares of classes: Mozilla publishes counts by class on its intranet alone.
CAUSES = (
    Cause("main", CrashClass.NONE, 0.66),
    Cause("main", CrashClass.NONE, 0.05, is_startup=True),
    Cause("main", CrashClass.OUT_OF_MEMORY, 0.12),
    Cause("main", CrashClass.SHUTDOWN_HANG, 0.15),
    Cause("main", CrashClass.BACKGROUND_TASK, 0.02),
    Cause("content", CrashClass.NONE, 0.79),
    Cause("content", CrashClass.NONE, 0.01, is_startup=True),
    Cause("content", CrashClass.OUT_OF_MEMORY, 0.20),
    KILL,
    Cause("gpu", CrashClass.NONE, 0.9),
    Cause("gpu", CrashClass.OUT_OF_MEMORY, 0.1),
    Cause("rdd", CrashClass.NONE, 1.0),
    Cause("socket", CrashClass.NONE, 1.0),
    Cause("utility", CrashClass.NONE, 1.0),
    Cause("gmplugin", CrashClass.NONE, 1.0),
    Cause("vr", CrashClass.NONE, 1.0),
    Cause("forkserver", CrashClass.NONE, 1.0),
)
"""By process, in the order in which they are drawn."""
UTILITY_ACTORS = (
    *("audio-decoder-generic", "audio-decoder-wmf", "js-oracle", "windows-utils"),
    "audio-decoder-generic,js-oracle",
)
"""What ran in a utility process, as its annotation says it: one process can host several."""

# [chosen] Nobody publishes rates of these. gpu and gmplugin are those of the world of 2016.
_OTHERS = {"gpu": 0.3, "rdd": 0.1, "socket": 0.02, "utility": 0.15, "gmplugin": 0.05}
_RARE = {"vr": 0.005, "forkserver": 0.005}
KILL_RATE = 19.0
"""Per 1,000 hours: M+C less M+C-S of nightly in 2017, 19.3 ([published] thresholds.js)."""
RATES: Mapping[str, Mapping[str, float]] = {
    # [published] Mission Control's snapshots of 2018, the last with hours: main 0.93 to 1.15,
    # content 1.08 to 1.25.
    "release": {"main": 1.05, "content": 1.15, **_OTHERS, **_RARE},
    "esr": {"main": 1.05, "content": 1.15, **_OTHERS, **_RARE},
    # Release times what beta and nightly were to release in 2017 ([published] thresholds.js): main
    # 1.7 and 1.2, content 2 and 7.
    "beta": {"main": 1.8, "content": 2.3, **_OTHERS, **_RARE},
    "nightly": {"main": 1.3, "content": 8.0, **_OTHERS, **_RARE},
    # [chosen] Hours of an application on a phone are hours in which it is looked at. 0.1% of
    # user-days of a quarter of an hour; Play calls 1.09% bad behaviour.
    "android": {"main": 4.0, "content": 5.0, "gpu": 1.0},
    "thunderbird": {"main": 0.8, "content": 0.1, "socket": 0.02},
}
"""By audience, then process: crashes per 1,000 usage hours, shutdown kills not among them."""
AUDIENCES = tuple(RATES)
_HOURS = 1000 * 3600


class Hazard(NamedTuple):
    """How often, and by what, somebody crashes."""

    per_second: float
    causes: Sequence[Cause]
    cumulative: Sequence[float]
    """Of the causes, up to `per_second`."""


def hazard(audience: str, factors: Mapping[Cause, float]) -> Hazard:
    """Return the hazard of an audience, each cause multiplied by its factor, if it has one."""
    rates = [(cause, _rate(audience, cause) * factors.get(cause, 1.0) / _HOURS) for cause in CAUSES]
    there = [(cause, rate) for cause, rate in rates if rate > 0]
    cumulative = list(accumulate(rate for _, rate in there))
    return Hazard(cumulative[-1], [cause for cause, _ in there], cumulative)


def headline(whole: Hazard) -> Hazard:
    """Return the part of a hazard that M and C count."""
    starts = (0.0, *whole.cumulative)
    there = [
        (cause, end - start)
        for cause, start, end in zip(whole.causes, starts, whole.cumulative, strict=False)
        if cause.is_headline
    ]
    cumulative = list(accumulate(rate for _, rate in there))
    return Hazard(cumulative[-1], [cause for cause, _ in there], cumulative)


def _rate(audience: str, cause: Cause) -> float:
    if cause is KILL:
        return 0.0 if audience in ("android", "thunderbird") else KILL_RATE
    return RATES[audience].get(cause.process, 0.0) * cause.share
