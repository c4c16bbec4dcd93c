"""Worlds of releases: what a channel is like, with today's calendar, roll-outs and volumes.

Marks: [published] as docs/statistics/releases.md cites it, [chosen] by whoever wrote this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

HOUR_LAGS = (0.705, 0.225, 0.030, 0.013, 0.010, 0.006, 0.004, 0.007)
"""Of a day's usage hours, the shares that come 0 ... 7 and more days late ([published] 95% within
two days since pingsender, Firefox 55)."""
AT_ONCE_LAGS = (0.900, 0.070, 0.012, 0.006, 0.004, 0.003, 0.002, 0.003)
"""Of crashes whose ping is sent at once ([published] 9 of 10 within minutes)."""
AT_ONCE_SHARE = 0.85
"""[chosen] Of crashes; the others come with the hours, at the next start."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """How a channel's users take a version."""

    hazard: float
    """Share of those who do not have it yet that take it on a day."""
    first_day: float
    """What the hazard is multiplied with on the day of the release, of which only hours are
    left."""
    throttled: tuple[int, int]
    """Fewest and most days on which 25% of users are offered it; on Windows, on others one less."""
    hazard_spread: float = 0.25
    """Of the logarithm of the hazard from version to version."""


@dataclass(frozen=True, slots=True)
class ChannelWorld:
    """One channel."""

    name: str
    gaps: tuple[int, ...]
    """Days from one version to the next, in turn."""
    rollout: Rollout
    daily_hours: float
    """Of all versions."""
    crashes_per_hour: float
    """Of main crashes."""
    verdicts_a_month: float
    """Versions, dot releases apart."""
    day_sd: float
    """Of the logarithm of a day's rate: AR(1) with 0.5, Student's t with 4 degrees of freedom."""
    judged: int
    """Versions that a run judges, one after the other."""
    pairs: int
    """Earlier pairs that the method is given."""
    sort: int
    """Every so many pairs are of the same sort."""
    last_look: int
    """Days after the release."""
    between_versions: float = 0.03
    """Standard deviation of the logarithm of what true rates of successive versions differ by."""
    excess_sd: float = 0.04
    """Of the logarithm of a new version's rate on its first day, from version to version."""
    slope_sd: float = 0.05
    """Of how much more the first to update crash than the last, likewise."""
    interaction_sd: float = 0.015
    """Of a version's day beside the channel's."""
    drift_sd: float = 0.008
    """Of the logarithm of the channel's rate, a day's step of a random walk."""
    phi: tuple[float, float] = (1.0, 6.0)
    """Least and most; one is drawn for each run."""
    assumed_phi: float | None = None
    """What the verdict takes for it; None for an estimate that is off by 25%."""
    holiday: bool = False
    """Whether one falls into the first week of the versions that are judged."""
    regression_before: bool = False
    """Whether one of the earlier versions was worse by half."""

    dot_releases: bool = False
    """Whether every other version is a planned dot release, which are as many again."""

    def month(self) -> float:
        """Return which part of a month the versions are that a run judges."""
        return self.judged / (self.verdicts_a_month * (2 if self.dot_releases else 1))


# [chosen] Volumes are a tenth of what Mission Control's snapshots of 2018 come to (66.6 million
# main crashes of 63 at 1.15 per 1,000 hours in 49 days: 1.2 billion hours a day).
CHANNELS = (
    ChannelWorld(
        "release",
        gaps=(7, 7),
        rollout=Rollout(hazard=0.35, first_day=0.4, throttled=(0, 4)),
        daily_hours=120e6,
        crashes_per_hour=1.0e-3,
        verdicts_a_month=2,
        day_sd=0.05,
        judged=2,
        pairs=10,
        sort=2,
        last_look=14,
        dot_releases=True,
    ),
    ChannelWorld(
        "esr",
        gaps=(14,),
        rollout=Rollout(hazard=0.12, first_day=0.4, throttled=(0, 2)),
        daily_hours=8e6,
        crashes_per_hour=0.8e-3,
        verdicts_a_month=2,
        day_sd=0.05,
        judged=1,
        pairs=10,
        sort=1,
        last_look=14,
    ),
    ChannelWorld(
        "beta",
        gaps=(2, 2, 3),
        rollout=Rollout(hazard=0.6, first_day=0.4, throttled=(0, 0)),
        daily_hours=3e6,
        crashes_per_hour=1.5e-3,
        verdicts_a_month=13,
        day_sd=0.08,
        judged=2,
        pairs=12,
        sort=1,
        last_look=7,
        between_versions=0.04,
    ),
    ChannelWorld(
        "aurora",
        gaps=(2, 2, 3),
        rollout=Rollout(hazard=0.5, first_day=0.4, throttled=(0, 0)),
        daily_hours=600e3,
        crashes_per_hour=2.0e-3,
        verdicts_a_month=13,
        day_sd=0.10,
        judged=2,
        pairs=12,
        sort=1,
        last_look=7,
        between_versions=0.04,
    ),
    ChannelWorld(
        "nightly",
        gaps=(1,),
        rollout=Rollout(hazard=0.9, first_day=0.4, throttled=(0, 0)),
        daily_hours=250e3,
        crashes_per_hour=4.0e-3,
        verdicts_a_month=30,
        day_sd=0.12,
        judged=3,
        pairs=14,
        sort=1,
        last_look=7,
        between_versions=0.05,
    ),
)
"""Firefox 155 and later: releases every 14 days with a dot release between, betas on Monday,
Wednesday and Friday, nightly builds by their date."""
RELEASE, ESR, BETA, AURORA, NIGHTLY = CHANNELS
FOUR_WEEKS = (
    replace(RELEASE, gaps=(14, 14), verdicts_a_month=1),
    replace(ESR, gaps=(28,), verdicts_a_month=1),
    replace(BETA, gaps=(3, 4), verdicts_a_month=9),
    replace(AURORA, gaps=(3, 4), verdicts_a_month=9),
    NIGHTLY,
)
"""Before 155: releases every 28 days, betas twice a week."""
