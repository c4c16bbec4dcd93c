"""What one run of a world counts: false verdicts of equal versions, and worse ones found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.releases.contrast import Contrast
from crash_rate_aggregates.verdicts.releases.error_budget import Share, alpha_for
from crash_rate_aggregates.verdicts.releases.judged import State, judge
from crash_rate_aggregates.verdicts.releases.looks import Channel, equal_age_in
from crash_rate_aggregates.verdicts.releases.same_days import EarlierPairs, Pair
from crash_rate_aggregates.verdicts.releases.version_days import VersionDays
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

Method = Callable[[Pair, EarlierPairs, Channel, int, float], Contrast | None]


class Kind(NamedTuple):
    """Kinds of crashes that are judged with one chance of a false verdict each."""

    name: str
    scale: float
    """Of its rate beside that of main crashes."""
    share: Share
    number: int = 1
    """Kinds like it, which share one budget."""


MAIN = Kind("main", 1.0, Share.HEADLINE)
CONTENT = Kind("content", 1.2, Share.HEADLINE)
BOTH = Kind("both", 2.2, Share.BESIDE)
OTHERS = Kind("others", 0.08, Share.BESIDE, 8)
"""Processes, startup crashes, out of memory, users without a crash."""
KINDS = (MAIN, CONTENT, BOTH, OTHERS)


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
    total = 0.0
    for world in worlds:
        wrong = _wrong_of(world, method, rng)
        # Kinds that share a budget are alike here: one is drawn, and counts for all.
        events = sum(kind.number * wrong[kind.name] for kind in KINDS)
        counts[f"false worse a month, {world.name}, main"] = (wrong["main"], world.month())
        counts[f"false worse a month, {world.name}"] = (events, world.month())
        total += events / world.month()
    return {**counts, "false worse a month": (total, 1.0)}


def _wrong_of(world: ChannelWorld, method: Method, rng: np.random.Generator) -> dict[str, float]:
    """Return by kind how many of the versions that are judged were called worse, ever."""
    history = draw_history(world, rng)
    arrivals = draw_arrivals(history, rng)
    drawn = {
        kind.name: draw_kind(world, history, arrivals, kind.scale, rng)
        for kind in (MAIN, CONTENT, OTHERS)
    }
    drawn["both"] = _together(drawn["main"], drawn["content"])
    return {
        kind.name: float(
            sum(
                State.WORSE in said_on_evenings(world, drawn[kind.name], int(version), method, kind)
                for version in history.judged
            )
        )
        for kind in KINDS
    }


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
    drawn = _draw_main(world, rng)
    version = int(drawn.history.judged[0])
    return _found(world, _made_worse(drawn, version, factor, rng), version, method)


def tried_method(world: ChannelWorld, method: Method, rng: np.random.Generator) -> Counts:
    """Count both for main crashes of one version: as good as its predecessor, and worse by 20%.

    Args:
        world: The channel.
        method: Gives the contrast of an evening.
        rng: Draws.
    """
    drawn = _draw_main(world, rng)
    version = int(drawn.history.judged[0])
    wrong = State.WORSE in said_on_evenings(world, drawn, version, method, MAIN)
    found = _found(world, _made_worse(drawn, version, 1.2, rng), version, method)
    return {"false worse a version": (float(wrong), 1.0), **found}


def equal_age_alone(
    pair: Pair, _earlier: EarlierPairs, channel: Channel, today: int, _alpha: float
) -> Contrast | None:
    """Return the contrast at equal age, as where there are no earlier pairs."""
    return equal_age_in(pair, channel, today)


def _draw_main(world: ChannelWorld, rng: np.random.Generator) -> Drawn:
    history = draw_history(world, rng)
    return draw_kind(world, history, draw_arrivals(history, rng), MAIN.scale, rng)


def _made_worse(drawn: Drawn, version: int, factor: float, rng: np.random.Generator) -> Drawn:
    """Return the same with more crashes of a version, bursts of their own."""
    more = draw_versions(
        drawn.history,
        (factor - 1) * drawn.expected,
        drawn.arrivals,
        drawn.phi,
        rng,
        versions=[version],
    )
    as_good = drawn.versions[version]
    worse = VersionDays(as_good.first_day, as_good.hours, as_good.crashes + more[version].crashes)
    return replace(drawn, versions={**drawn.versions, version: worse})


def _found(world: ChannelWorld, drawn: Drawn, version: int, method: Method) -> Counts:
    said = said_on_evenings(world, drawn, version, method, MAIN)
    worse = [state is State.WORSE for state in said]
    first = worse.index(True) if any(worse) else len(worse)
    gaps = np.diff(drawn.history.first_days)
    # The last version drawn has no next one yet: as many days as the one before it.
    current = int(gaps[min(version, len(gaps) - 1)])
    found = {f"found on day {day}": (float(first <= day), 1.0) for day in (0, 1, 2, 7)}
    stays = {"stays worse": (float(all(worse[first:])), 1.0)} if any(worse) else {}
    return {**found, "found while current": (float(first < current), 1.0), **stays}


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
    world: ChannelWorld, drawn: Drawn, version: int, method: Method, kind: Kind
) -> list[State]:
    """Return what was said on each evening from the version's first day on."""
    pair = Pair(drawn.versions[version], drawn.versions[version - 1])
    before = range(version - world.sort, version - world.sort * world.pairs - 1, -world.sort)
    earlier = EarlierPairs([Pair(drawn.versions[one], drawn.versions[one - 1]) for one in before])
    alpha = alpha_for(
        kind.share,
        world.verdicts_a_month,
        on_release=world.name == "release",
        sharing=kind.number,
        is_dot_release=world.dot_releases and bool((len(drawn.versions) - version) % 2),
    )
    first = pair.new.first_day
    return [
        judge(method(pair, earlier, drawn.channel, day, alpha), alpha).state
        for day in range(first, first + world.last_look + 1)
    ]


def _together(one: Drawn, other: Drawn) -> Drawn:
    versions = {
        version: VersionDays(days.first_day, days.hours, days.crashes + more.crashes)
        for (version, days), more in zip(one.versions.items(), other.versions.values(), strict=True)
    }
    return Drawn(one.history, one.expected, one.arrivals, one.phi, versions, one.channel)
