"""The worlds in which release verdicts are tried, and what they should come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from crash_rate_aggregates.verdicts.releases.looks import decisive_contrast
from simulations.cells import Aim, Cell, Measure
from simulations.releases.channel_worlds import (
    AURORA,
    BETA,
    CHANNELS,
    ESR,
    FOUR_WEEKS,
    NIGHTLY,
    RELEASE,
    ChannelWorld,
)
from simulations.releases.own_window import own_window
from simulations.releases.verdict_counts import (
    Method,
    equal_age_alone,
    false_verdicts,
    found_verdicts,
    tried_method,
)

PART = "release verdicts"
TRIED = "release verdicts, other methods"
RUNS = 300
_FOUND = tuple(f"found on day {day}" for day in (0, 1, 2, 7))
_REACH = {"found on day 1": 0.75, "found on day 2": 0.85, "found on day 7": 0.98}


def _equal(name: str, worlds: Sequence[ChannelWorld]) -> Cell:
    """Return the cell of versions that are as good as their predecessors."""
    measures = [Measure("false worse a month", Aim(at_most=1.0), Aim(at_most=0.5))]
    for world in worlds:
        measures += (
            Measure(f"false worse a month, {world.name}, main"),
            Measure(f"false worse a month, {world.name}"),
        )
    simulate = partial(false_verdicts, worlds, decisive_contrast)
    return Cell(PART, f"equal versions, {name}", RUNS, tuple(measures), simulate)


def _worse(name: str, world: ChannelWorld, factor: float, reach: dict[str, float]) -> Cell:
    """Return the cell of versions whose main crashes are a multiple."""
    aims = {"found on day 1": 0.95} if world.name == "release" else dict.fromkeys(reach, 0.95)
    measures = tuple(
        Measure(found, Aim(at_least=reach.get(found)), Aim(at_least=aims.get(found)))
        for found in (*_FOUND, "found while current", "stays worse")
    )
    simulate = partial(found_verdicts, world, factor, decisive_contrast)
    return Cell(PART, f"{world.name}, {factor:g} times the crashes{name}", RUNS, measures, simulate)


def _tried(name: str, method: Method) -> Cell:
    measures = (Measure("false worse a version", Aim(at_most=0.1)), *map(Measure, _FOUND))
    world = replace(RELEASE, gaps=(14,), sort=1, judged=1, dot_releases=False)
    return Cell(TRIED, name, RUNS, measures, partial(tried_method, world, method))


def _all(worlds: Sequence[ChannelWorld], **changes: object) -> tuple[ChannelWorld, ...]:
    return tuple(replace(world, **changes) for world in worlds)  # type: ignore[arg-type]


_DOUBLED = {"found on day 0": 0.99, "stays worse": 0.99}
_TWO = (RELEASE, BETA)
CELLS: tuple[Cell, ...] = (
    _worse("", RELEASE, 1.2, _REACH),
    _worse("", RELEASE, 2.0, _DOUBLED),
    _worse("", BETA, 1.5, {"found while current": 0.80}),
    _equal("two-week calendar", CHANNELS),
    _worse("", ESR, 1.2, {}),
    _worse("", AURORA, 1.5, {}),
    _worse("", NIGHTLY, 1.5, {}),
    _worse("", NIGHTLY, 2.0, {}),
    _worse(", 1% of the hours", replace(RELEASE, daily_hours=1.2e6), 1.2, {}),
    _worse(", four-week calendar", FOUR_WEEKS[0], 1.2, _REACH),
    _tried("same days, less earlier pairs", decisive_contrast),
    _tried("equal age", equal_age_alone),
    _tried("same days, own week 21 to 27", partial(own_window, window=(21, 27), both_sides=False)),
    _tried("same days, own week 7 to 13", partial(own_window, window=(7, 13), both_sides=False)),
    _tried(
        "same days, own week 7 to 13 on both sides",
        partial(own_window, window=(7, 13), both_sides=True),
    ),
    _equal("early users differ twice as much", _all(_TWO, excess_sd=0.08, slope_sd=0.10)),
    _equal("days of versions differ by 5%", _all(_TWO, interaction_sd=0.05)),
    _equal("bursts of 6 taken for 3", _all(_TWO, phi=(6.0, 6.0), assumed_phi=3.0)),
    _equal("a holiday", _all(_TWO, holiday=True)),
    _equal("an earlier version was worse by half", _all(_TWO, regression_before=True)),
    _equal("four-week calendar", FOUR_WEEKS),
)
"""Those first that the aims are about."""
