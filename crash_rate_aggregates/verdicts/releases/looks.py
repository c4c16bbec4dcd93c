"""A version's verdicts on all evenings up to today, and since when it has been worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.releases.contrast import Contrast
from crash_rate_aggregates.verdicts.releases.equal_age import equal_age
from crash_rate_aggregates.verdicts.releases.judged import CHANGE, Judged, State, half_width, judge
from crash_rate_aggregates.verdicts.releases.same_days import EarlierPairs, Pair, same_days


@dataclass(frozen=True, slots=True)
class Channel:
    """What is known of a channel's variation, from its history."""

    phi: float
    """Variance of a count over its mean."""
    tau: float
    """Relative standard deviation of a day beyond counts."""
    drift: Floats
    """Of 7 values; see `equal_age`."""
    late_variance: Floats | None = None
    """Of 8 values; see `equal_age`."""
    weekday_effect: Floats | None = None
    """Of 7 values; see `equal_age`."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is said on one evening."""

    day: int
    """The last submission date that was read, as `date.toordinal` counts."""
    judged: Judged


def contrasts(
    pair: Pair, earlier: EarlierPairs, channel: Channel, today: int, alpha: float
) -> tuple[Contrast, ...]:
    """Return a pair's contrasts, the one that is judged first; empty if there is none.

    Of the same days and of equal age that is the one with the narrower limits: where many hours
    are new ones, as with nightly builds, the same days tell less than equal age; elsewhere more.

    Args:
        pair: The version that is judged and its predecessor.
        earlier: Those that came before.
        channel: Its variation.
        today: The last submission date that is read, as `date.toordinal` counts.
        alpha: With which it is judged.
    """
    same = same_days(pair, earlier, today, phi=channel.phi)
    equal = equal_age_in(pair, channel, today)
    found = [one for one in (same, equal) if one is not None]
    return tuple(sorted(found, key=lambda one: half_width(one, alpha)))


def decisive_contrast(
    pair: Pair, earlier: EarlierPairs, channel: Channel, today: int, alpha: float
) -> Contrast | None:
    """Return the contrast that is judged, None if there is none; see `contrasts`."""
    return next(iter(contrasts(pair, earlier, channel, today, alpha)), None)


def equal_age_in(pair: Pair, channel: Channel, today: int) -> Contrast | None:
    """Return a pair's contrast at equal age.

    Args:
        pair: The version that is judged and its predecessor.
        channel: Its variation.
        today: The last submission date that is read, as `date.toordinal` counts.
    """
    return equal_age(
        pair.new,
        pair.old,
        today,
        phi=channel.phi,
        tau=channel.tau,
        drift=channel.drift,
        late_variance=channel.late_variance,
        weekday_effect=channel.weekday_effect,
    )


def looks(
    pair: Pair,
    earlier: Sequence[Pair],
    channel: Channel,
    today: int,
    *,
    alpha: float,
    change: float = CHANGE,
) -> tuple[Look, ...]:
    """Return what was said on each evening from the new version's first day to today.

    Args:
        pair: The version that is judged and its predecessor.
        earlier: Pairs of the same sort that came before.
        channel: Its variation.
        today: The last submission date that is read, as `date.toordinal` counts.
        alpha: From `error_budget.alpha_for`.
        change: Relative, above 0.
    """
    before = EarlierPairs(earlier)
    return tuple(
        Look(day, judge(decisive_contrast(pair, before, channel, day, alpha), alpha, change))
        for day in range(pair.new.first_day, today + 1)
    )


def since(said: Sequence[Look]) -> int | None:
    """Return the first evening from which on "worse" (or "better") was said without a break.

    To people it says since when the data have shown it, which is not when the crashes began: with
    few hours that is days later. None where the last look says neither.

    Args:
        said: Evening by evening.
    """
    first = None
    state = said[-1].judged.state if said else None
    if state not in (State.WORSE, State.BETTER):
        return None
    for look in reversed(said):
        if look.judged.state is not state:
            break
        first = look.day
    return first
