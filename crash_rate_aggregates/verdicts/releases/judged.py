"""What is said of a contrast: worse, better, no change, or why nothing can be said yet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from crash_rate_aggregates.verdicts.quantiles import student_quantile
from crash_rate_aggregates.verdicts.releases.contrast import Contrast

CHANGE = 0.2
"""What a verdict is about unless another change is asked for: 20% more."""
_MIXTURE_VARIANCE = 0.2**2
"""Of the normal mixture: log ratios of about this size are found with the least data."""
_BISECTIONS = 80


class State(StrEnum):
    """What is said."""

    WORSE = "worse"
    BETTER = "better"
    NO_CHANGE = "no change"
    """Whatever change there is, it is smaller than the one asked for."""
    NOT_ENOUGH_DATA = "not enough data"
    CANNOT_TELL = "cannot tell"
    """No amount of data would do: what the method cannot see is larger than the change."""
    DATA_PROBLEM = "data problem"
    """The counts themselves are not to be trusted; the caller finds that, and why."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict on one evening."""

    state: State
    change: float
    """Relative, which was asked for: 0.2."""
    ratio: float | None = None
    """Rate of the new version over that of the old one; None where there is no contrast."""
    lower: float | None = None
    """Limit of the ratio. Both limits together hold at the level below, on all evenings at once."""
    upper: float | None = None
    level: float | None = None
    """1 - 2 alpha, two-sided: 0.9 with an alpha of 0.05."""
    anytime_half_width: float | None = None
    """Of the log ratio, by what more data makes smaller."""
    hours_needed: float | None = None
    """Usage hours of the new version until the change asked for can be told; None where that is
    not what lacks, or nobody can know."""
    days_needed: float | None = None
    """In which they come at the adoption of the last submission date."""
    contrast: Contrast | None = None
    """What was judged."""
    reason: str | None = None
    """Which problem the data have, in words."""


def anytime_half_width(variance: float, alpha: float) -> float:
    """Return the half-width that an estimate stays within on all evenings at once.

    sqrt(v (1 + v/.04) (ln(1 + .04/v) + 2 ln(1/(2 alpha)))): the normal mixture of Robbins, Ann.
    Math. Stat. 41 (1970); Howard et al., Ann. Stat. 49 (2021).

    Args:
        variance: Of the estimate on this evening, above 0.
        alpha: Chance to leave it on one side, above 0 and below 0.5.
    """
    share = variance / _MIXTURE_VARIANCE
    return math.sqrt(
        variance * (1 + share) * (math.log1p(1 / share) + 2 * math.log(1 / (2 * alpha)))
    )


def half_width(contrast: Contrast, alpha: float) -> float:
    """Return the half-width of a log ratio's limits: what shrinks with data, and what does not."""
    return math.hypot(anytime_half_width(contrast.variance, alpha), _systematic(contrast, alpha))


def _systematic(contrast: Contrast, alpha: float) -> float:
    return student_quantile(1 - alpha, contrast.df) * contrast.systematic_sd


def data_problem(reason: str, change: float = CHANGE) -> Judged:
    """Return the verdict on counts that are not to be trusted, with the reason in words."""
    return Judged(State.DATA_PROBLEM, change, reason=reason)


def judge(contrast: Contrast | None, alpha: float, change: float = CHANGE) -> Judged:
    """Return what is said of a contrast.

    Args:
        contrast: None where the two versions have nothing in common yet.
        alpha: Chance of a false "worse"; `error_budget.alpha_for` gives it.
        change: Relative, above 0.
    """
    if contrast is None:
        return Judged(State.NOT_ENOUGH_DATA, change)
    anytime = anytime_half_width(contrast.variance, alpha)
    systematic = _systematic(contrast, alpha)
    half = half_width(contrast, alpha)
    lower, upper = contrast.log_ratio - half, contrast.log_ratio + half
    room = _target(contrast.log_ratio, half, change) ** 2 - systematic**2
    state = _state(lower, upper, change, room)
    needed = None
    if state is State.NOT_ENOUGH_DATA:
        needed = contrast.hours * (_times_more(contrast.variance, room, alpha) - 1)
    return Judged(
        state,
        change,
        ratio=_exp(contrast.log_ratio),
        lower=_exp(lower),
        upper=_exp(upper),
        level=1 - 2 * alpha,
        anytime_half_width=anytime,
        hours_needed=needed,
        days_needed=_days(needed, contrast.daily_hours),
        contrast=contrast,
    )


def _exp(value: float) -> float:
    """Return e to that power, infinity beyond what a float holds: with hardly a crash it is."""
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def _state(lower: float, upper: float, change: float, room: float) -> State:
    if lower > 0:
        return State.WORSE
    if upper < 0:
        return State.BETTER
    if max(upper, -lower) < math.log1p(change):
        return State.NO_CHANGE
    return State.CANNOT_TELL if room <= 0 else State.NOT_ENOUGH_DATA


def _target(log_ratio: float, half: float, change: float) -> float:
    """Return the half-width that would do."""
    if half >= math.log1p(change):
        return math.log1p(change)
    # It is narrow enough for most estimates, but this one lies between no change and the change.
    return max(abs(log_ratio), math.log1p(change) - abs(log_ratio))


def _times_more(variance: float, room: float, alpha: float) -> float:
    """Return how much more data makes the anytime half-width sqrt(room)."""
    low, high = 0.0, variance
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if middle > 0 and anytime_half_width(middle, alpha) > math.sqrt(room):
            high = middle
        else:
            low = middle
    return variance / high


def _days(hours: float | None, daily_hours: float) -> float | None:
    return hours / daily_hours if hours is not None and daily_hours > 0 else None
