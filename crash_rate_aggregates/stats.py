"""The stats: what is summed for every aggregate, as integers, so that sums are exact.

The order is that of the kernel's rows, and of the columns of a table that was made with all of
them. Only `row_of` knows it: all else names a stat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MAX_USAGE_SECONDS = 90_000
"""25 hours: a day-long session over the change from summer time, and no more."""
SECONDS_A_TICK = 5
"""Of browser.engagement.active_ticks: 720 are an hour (mozilla/metric-hub, active_hours)."""


@dataclass(frozen=True, slots=True)
class Stat:
    """One summed column of the table."""

    name: str
    """Column of `crash_aggregates`, bigint."""
    unit: str
    """What is counted."""
    description: str
    """Where the number comes from."""
    kind: str | None = None
    """The kind of crash that the stat is by itself, so that it has a rate of that name; None where
    it has none, or where `crash_kinds` makes one of it and others."""
    rules_version: int = 1
    """Since which version of the rules it is counted: days of older runs have NULL, never 0."""


STATS = (
    Stat(
        "ping_count",
        "pings",
        "Usage pings: main, or baseline where the application sends that.",
    ),
    Stat(
        "usage_seconds",
        "seconds",
        "Sum of min(max(session length, 0), 25 hours) over all counted pings: "
        "payload.info.subsessionLength, of baseline pings glean.baseline.duration.",
    ),
    Stat(
        "main_crashes",
        "crashes",
        "Crash pings whose process type is main or absent, those in main_crashes_sent_twice "
        "included.",
    ),
    Stat(
        "content_crashes",
        "crashes",
        "Content process crashes in main pings: "
        "keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP.content. "
        "Includes shutdown kills that left a dump.",
    ),
    Stat(
        "plugin_crashes",
        "crashes",
        "Plugin crashes in main pings: keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP.plugin.",
        kind="plugin",
    ),
    Stat(
        "gmplugin_crashes",
        "crashes",
        "Media plugin crashes in main pings: "
        "keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP.gmplugin.",
    ),
    Stat(
        "gpu_crashes",
        "crashes",
        "GPU process crashes in main pings: keyedHistograms.SUBPROCESS_CRASHES_WITH_DUMP.gpu.",
        kind="gpu",
    ),
    Stat(
        "content_shutdown_crashes",
        "crashes",
        "Content processes killed at shutdown: keyedHistograms.SUBPROCESS_KILL_HARD.ShutDownKill. "
        "Usually inside content_crashes.",
    ),
    Stat(
        "content_crash_pings",
        "crashes",
        "Crash pings of a content process that was not killed at shutdown. Another source for the "
        "same crashes: never add it to content_crashes.",
    ),
    Stat(
        "content_shutdown_crash_pings",
        "crashes",
        "Crash pings of a content process killed at shutdown (ipc_channel_error ShutDownKill). "
        "Never add it to content_shutdown_crashes.",
    ),
    Stat("other_process_crash_pings", "crashes", "Crash pings of all other processes."),
    Stat(
        "main_crashes_sent_twice",
        "crashes",
        "Those of main_crashes that Firefox and its crash reporter both sent, under two ids: Glean "
        "main crashes without a minidump before Firefox 149 (bug 2007044). Half of them are "
        "copies, so rates count main_crashes - main_crashes_sent_twice / 2.",
    ),
    Stat(
        "content_crashes_not_at_shutdown",
        "crashes",
        "Content process crashes that were no kill at shutdown, each once. Of versions from 58 on "
        "their crash pings, as in content_crash_pings; of older ones, which send none, "
        "content_crashes of each main ping without its content_shutdown_crashes, at least 0. NULL "
        "where the run that stored the day did not count it.",
        rules_version=2,
    ),
    Stat(
        "active_seconds",
        "seconds",
        "Sum of min(5 * active ticks, 25 hours) over all counted usage pings: the time in which "
        "somebody used the application, the same on every system. NULL where the run that stored "
        "the day did not count it.",
        rules_version=3,
    ),
)

STAT_NAMES = tuple(stat.name for stat in STATS)
CRASH_PING_STATS = (
    "main_crashes",
    "content_crash_pings",
    "content_shutdown_crash_pings",
    "other_process_crash_pings",
)
"""A counted crash ping adds one to exactly one of these; their sum balances the ledger."""

_PLACES: Final = {name: place for place, name in enumerate(STAT_NAMES)}
_NOTHING: Final = [0] * len(STATS)


def row_of(counts: Mapping[str, int]) -> tuple[int, ...]:
    """Return what was counted as a row has it: in the order of `STATS`.

    Args:
        counts: By name of the stat; one that is left out is 0.

    Raises:
        KeyError: A name is none of a stat.
    """
    # Each ping comes this way, and names two or three stats: placing these is cheaper than looking
    # up all, and what a rule misspells is found instead of lost.
    row = _NOTHING.copy()
    for name, count in counts.items():
        row[_PLACES[name]] = count
    return tuple(row)
