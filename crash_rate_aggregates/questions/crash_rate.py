"""Crash rates as the database computes them: crashes per 1,000 usage hours, always from sums."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CrashRate:
    """One kind of crash for one group of aggregates."""

    crashes: int
    """Sum; a difference of sums may be negative."""
    per_1000_hours: float | None
    """1000 * crashes / usage hours; None without usage hours, or with too few."""
    lower: float | None
    """Lower limit of the 95% interval, which docs/database.md explains; None without a rate."""
    upper: float | None
    """Upper limit of it."""
    dispersion: float | None
    """How much more the days vary than chance explains, at least 1; None with fewer than 7 days."""


@dataclass(frozen=True, slots=True)
class CrashRates:
    """All kinds of crashes for one group of aggregates."""

    group: tuple[str | None, ...]
    """The values of the dimensions asked for, in that order; None where pings do not have it."""
    ping_count: int
    """Main pings."""
    usage_hours: float
    """The hours behind the rates."""
    min_usage_hours: float
    """With fewer hours the group has no rates."""
    main: CrashRate
    """M: the main process."""
    content: CrashRate
    """C: content processes, from histograms, shutdown kills included."""
    content_minus_shutdown: CrashRate
    """C-S: without those killed at shutdown."""
    main_and_content_minus_shutdown: CrashRate
    """M+C-S."""
    plugin: CrashRate
    """Plugins."""
    gpu: CrashRate
    """GPU processes."""
