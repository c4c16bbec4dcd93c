"""What one run of a world counts: false verdicts of equal versions, and worse ones found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crash_rate_aggregates.verdicts.releases.contrast import Contrast
from crash_rate_aggregates.verdicts.releases.judged import State, alpha_for, judge
from crash_rate_aggregates.verdicts.releases.looks import Channel, decisive_contrast
from crash_rate_aggregates.verdicts.releases.same_days import Pair
from crash_rate_aggregates.verdicts.releases.version_days import Floats, VersionDays
from simulations.cells import Counts
from simulations.releases.channel_history import History, draw_history
from simulations.releases.channel_worlds import ChannelWorld
from simulations.releases.drawn_crashes import (
    Arrivals,
    draw_arrivals,
    draw_rates,
    draw_versions,
)
from simulations.releases.history_estimates import estimated

Method = Callable[[Pair, Sequence[Pair], Channel, int], Contrast | None]


class Kind(NamedTuple):
    """Kinds of crashes that are judged with one chance of a false verdict each."""

    name: str
    scale: float
    """Of its rate beside that of main crashes."""
    number: int = 1
    """Kinds like it, which share one budget."""


MAIN = Kind("main", 1.0)
CONTENT = Kind("content", 1.2)
OTHERS = Kind("others", 0.08, 8)
"""Processes, startup crashes, out of memory, users without a crash."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A channel's history with one kind of crashes."""

    history: History
    expected: Floats
    arrivals: Arrivals
    phi: float
    versions: dict[int, VersionDays]
    channel: Channel


def false_verdicts(
    worlds: Sequence[ChannelWorld], method: Method, rng: np.random.Generator
) -> Counts:
    """Count "worse" of versions that are not, in a month of several channels.

    Args:
        worlds: The channels.
        method: Gives the contrast of an evening.
        rng: Draws.
    """
    counts: dict[str, tuple[float, float]] = {}
    for world in worlds:
        history = draw_history(world, rng)
        arrivals = draw_arrivals(history, rng)
        drawn = {
            kind.name: draw_kind(world, history, arrivals, kind.scale, rng)
            for kind in (MAIN, CONTENT, OTHERS)
        }
        drawn["both"] = _together(drawn["main"], drawn["content"])
        wrong = {
            name: sum(
                _false(world, one, int(version), method, OTHERS.number if name == "others" else 1)
                for version in history.judged
            )
            for name, one in drawn.items()
        }
        month = world.month(world.judged)
        counts[f"false worse a month, {world.name}, main"] = (wrong["main"], month)
        # Kinds that share a budget are alike here: one is drawn, and counts for all.
        wrong["others"] *= OTHERS.number
        counts[f"false worse a month, {world.name}"] = (sum(wrong.values()), month)
    total = sum(
        events / month for name, (events, month) in counts.items() if not name.endswith("main")
    )
    return {**counts, "false worse a month": (total, 1.0)}


def found_verdicts(
    world: ChannelWorld, factor: float, method: Method, rng: np.random.Generator
) -> Counts:
    """Count on which evenings a version with more main crashes was called worse.

    Args:
        world: The channel.
        factor: Of the rate of the version, from its first day.
        method: Gives the contrast of an evening.
        rng: Draws.
    """
    history = draw_history(world, rng)
    arrivals = draw_arrivals(history, rng)
    drawn = draw_kind(world, history, arrivals, 1.0, rng)
    version = int(history.judged[0])
    more = draw_versions(
        history, (factor - 1) * drawn.expected, arrivals, drawn.phi, rng, versions=[version]
    )[version]
    as_good = drawn.versions[version]
    drawn.versions[version] = VersionDays(
        as_good.first_day, as_good.hours, as_good.crashes + more.crashes
    )
    said = said_on_evenings(world, drawn, version, method, 1)
    worse = [state is State.WORSE for state in said]
    first = worse.index(True) if any(worse) else len(worse)
    gap = int(np.diff(history.first_days)[version - 2])
    return {
        **{f"found on day {day}": (float(first <= day), 1.0) for day in (0, 1, 2, 7)},
        "found while current": (float(first < gap), 1.0),
        "stays worse": (float(all(worse[first:])), 1.0),
    }


def draw_kind(
    world: ChannelWorld,
    history: History,
    arrivals: Arrivals,
    scale: float,
    rng: np.random.Generator,
) -> Drawn:
    """Draw the crashes of one kind in the versions that comparisons need."""
    phi = float(rng.uniform(*world.phi))
    expected = history.hours * draw_rates(world, history, scale, rng)
    channel = estimated(world, history, expected, arrivals, phi=phi, rng=rng)
    versions = range(len(history.first_days))
    drawn = draw_versions(history, expected, arrivals, phi, rng, versions=versions)
    return Drawn(history, expected, arrivals, phi, drawn, channel)


def said_on_evenings(
    world: ChannelWorld, drawn: Drawn, version: int, method: Method, sharing: int
) -> list[State]:
    """Return what was said on each evening from the version's first day on."""
    pair = Pair(drawn.versions[version], drawn.versions[version - 1])
    before = range(version - world.sort, version - world.sort * world.pairs - 1, -world.sort)
    earlier = [Pair(drawn.versions[one], drawn.versions[one - 1]) for one in before]
    alpha = alpha_for(world.verdicts_a_month, sharing)
    first = pair.new.first_day
    return [
        judge(method(pair, earlier, drawn.channel, day), alpha).state
        for day in range(first, first + world.last_look + 1)
    ]


def _false(world: ChannelWorld, drawn: Drawn, version: int, method: Method, sharing: int) -> float:
    return float(State.WORSE in said_on_evenings(world, drawn, version, method, sharing))


def _together(one: Drawn, other: Drawn) -> Drawn:
    versions = {
        version: VersionDays(days.first_day, days.hours, days.crashes + more.crashes)
        for (version, days), more in zip(one.versions.items(), other.versions.values(), strict=True)
    }
    return Drawn(one.history, one.expected, one.arrivals, one.phi, versions, one.channel)


DECISIVE: Method = decisive_contrast
