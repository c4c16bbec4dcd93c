"""The rate that a date will have once all of it is in, from what has come so far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from crash_rate_aggregates.verdicts.delays import Delay
from crash_rate_aggregates.verdicts.intervals import RateInterval, rate_interval
from crash_rate_aggregates.verdicts.quantiles import Z95

LEAST_COMPLETENESS = 0.5
"""Shares of crashes and of hours below which a date is too early."""
MOST_HALF_WIDTH = 0.10
"""Half the width of the final rate's interval, as a logarithm, above which it is too early."""


class NowcastState(StrEnum):
    """How much can be said of a date."""

    COMPLETE = "complete"
    """Everything is in."""
    PROVISIONAL = "provisional"
    """Corrected, and to be shown with its intervals."""
    TOO_EARLY = "too early"
    """Only the counts are to be shown."""
    UNKNOWN = "unknown"
    """Too few complete dates to learn delays from."""


@dataclass(frozen=True, slots=True)
class Nowcast:
    """What is known of a date today; rates are crashes per 1,000 usage hours."""

    state: NowcastState
    """Whether to show it."""
    rate: float | None
    """Corrected; None without hours, or if the state is unknown."""
    expected: RateInterval | None
    """Of the rate that was to be expected on that date; None like `rate`."""
    final: RateInterval | None
    """Of the rate that will have been counted in the end; None like `rate`."""
    crash_completeness: float | None
    """Share of the crashes that came in, 0 to 1; None if the state is unknown."""
    hour_completeness: float | None
    """Share of the usage hours, likewise."""


def nowcast(
    delay: Delay | None,
    weekday: int,
    crashes: float,
    hours: float,
    phi: float,
    *,
    tau: float = 0.0,
) -> Nowcast:
    """Correct a date's rate for what is still to come.

    Args:
        delay: From `fit_delay`, for the lags that are stored of this date.
        weekday: Of the activity date, 0 is Monday.
        crashes: So far.
        hours: Usage hours so far.
        phi: Variance of a count over its mean, above 0.
        tau: Of the channel, from `day_variation`, where `expected` shall be about the channel's
            level and not about this very day.
    """
    if delay is None:
        return Nowcast(NowcastState.UNKNOWN, None, None, None, None, None)
    shares = delay.crash_completeness[weekday], delay.hour_completeness[weekday]
    if hours <= 0:
        state = NowcastState.COMPLETE if delay.is_complete else NowcastState.TOO_EARLY
        return Nowcast(state, None, None, None, *shares)
    # By as much more hours as the rate is to be less: the limits stay those of the count so far.
    corrected_hours = hours * math.exp(delay.log_bias[weekday])
    log_variance = delay.log_variance + tau**2
    expected = rate_interval(crashes, corrected_hours, phi, log_variance)
    final = _final(delay, expected.rate, crashes, phi * (1 - shares[0]))
    return Nowcast(_state(delay, shares, crashes, phi), expected.rate, expected, final, *shares)


def _final(delay: Delay, rate: float, crashes: float, dispersion: float) -> RateInterval:
    factor = math.exp(Z95 * math.sqrt(dispersion / max(crashes, 0.5) + delay.log_variance))
    return RateInterval(rate, rate / factor, rate * factor)


def _state(delay: Delay, shares: tuple[float, float], crashes: float, phi: float) -> NowcastState:
    if delay.is_complete:
        return NowcastState.COMPLETE
    if min(shares) < LEAST_COMPLETENESS or crashes == 0:
        return NowcastState.TOO_EARLY
    half = Z95 * math.sqrt(phi * (1 - shares[0]) / crashes + delay.log_variance)
    return NowcastState.PROVISIONAL if half <= MOST_HALF_WIDTH else NowcastState.TOO_EARLY
