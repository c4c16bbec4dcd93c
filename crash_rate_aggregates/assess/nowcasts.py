"""The rows of variation and of nowcasts, for one channel on one evening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np

from crash_rate_aggregates.assess.channel_fit import KindFit, newest_complete
from crash_rate_aggregates.database.assessments.assessment_rows import NowcastRow, VariationRow
from crash_rate_aggregates.questions.inputs.channel_days import ChannelDays
from crash_rate_aggregates.verdicts.arrays import LAGS
from crash_rate_aggregates.verdicts.deliveries import Delivery, came_otherwise, departure
from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS
from crash_rate_aggregates.verdicts.nowcast import NowcastState, nowcast

_CHANGED = "delays have changed lately"
_OTHERWISE = "its hours came in otherwise than usual"
"""A submission date that is half delivered does so, and so does a change of delays."""
_LIMITS = ("lower_limit", "upper_limit", "final_lower_limit", "final_upper_limit")
_SHOWN = (NowcastState.COMPLETE, NowcastState.PROVISIONAL)
"""What is too early has no rate."""
_NOT_STORED = "its submission date is not stored"


def variation_rows(days: ChannelDays, fits: Mapping[str, KindFit]) -> Iterator[VariationRow]:
    """Yield how much each kind varies."""
    for kind, fit in fits.items():
        variation = fit.variation
        day_sd = None if variation.tau is None else fit.week_tau
        yield VariationRow(
            days.application, days.channel, kind, fit.burst_factor, day_sd, variation.days
        )


def nowcast_rows(days: ChannelDays, fits: Mapping[str, KindFit]) -> Iterator[NowcastRow]:
    """Yield what is known of the newest 8 activity dates, the newest last."""
    notes = {
        row: list(_notes(days, row))
        for row in range(max(0, len(days.hours) - LAGS), len(days.hours))
    }
    for kind in HEADLINE_KINDS:
        if kind.name in fits:
            for row, of_date in notes.items():
                yield _nowcast_row(days, kind.name, fits[kind.name], row, of_date)


def _nowcast_row(
    days: ChannelDays, kind: str, fit: KindFit, row: int, notes: Sequence[str]
) -> NowcastRow:
    lags = np.flatnonzero(days.stored[row])
    crashes, hours = float(np.nansum(fit.crashes[row])), float(days.hours[row].sum())
    delay = fit.delay(lags.tolist()) if days.stored[row, 0] else None
    found = nowcast(delay, int(days.weekdays[row]), crashes, hours, fit.phi, tau=fit.tau)
    if delay is not None and delay.delays_changed:
        notes = (*notes, _CHANGED)
    row_of = partial(
        NowcastRow,
        days.application,
        days.channel,
        kind,
        days.date_of(row),
        _days_late(days, row),
        found.state,
        crashes,
        hours,
        found.crash_completeness,
        found.hour_completeness,
        note="; ".join(notes) or None,
    )
    if found.state not in _SHOWN or found.expected is None or found.final is None:
        return row_of(rate=None, **dict.fromkeys(_LIMITS))
    expected, final = found.expected, found.final
    values = (expected.lower, expected.upper, final.lower, final.upper)
    limits: dict[str, Any] = dict(zip(_LIMITS, values, strict=True))
    return row_of(rate=found.rate, **limits)


def _days_late(days: ChannelDays, row: int) -> int:
    return len(days.hours) - 1 - row


def _notes(days: ChannelDays, row: int) -> Iterator[str]:
    """Yield what makes the hours of a date worth less, whichever crashes are divided by them."""
    if not days.stored[row, 0]:
        yield _NOT_STORED
        return
    known = range(min(_days_late(days, row), LAGS - 1) + 1)
    missing = [lag for lag in known if not days.stored[row, lag]]
    if missing:
        yield f"not stored: {', '.join(_days_after(days.date_of(row), missing))}"
    if came_otherwise(_departure(days, row)):
        yield _OTHERWISE


def _departure(days: ChannelDays, row: int) -> float | None:
    """Return how unusually the hours of a date came in, in standard deviations."""
    complete = newest_complete(days, days.hours)
    delivery = Delivery(
        tuple(days.hours[row].tolist()),
        frozenset(np.flatnonzero(days.stored[row]).tolist()),
        int(days.weekdays[row]),
    )
    return departure(days.hours[complete], days.weekdays[complete], delivery)


def _days_after(day: date, lags: list[int]) -> Iterator[str]:
    for lag in lags:
        yield (day + timedelta(days=lag)).isoformat()
