"""The rows of variation and of nowcasts, for one channel on one evening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import numpy as np

from crash_rate_aggregates.assess.channel_fit import KindFit
from crash_rate_aggregates.database.assessments.answers import NowcastRow, VariationRow
from crash_rate_aggregates.judged_kinds import HEADLINE_KINDS
from crash_rate_aggregates.questions.inputs.channel_days import ChannelDays
from crash_rate_aggregates.verdicts.delays import Delay
from crash_rate_aggregates.verdicts.nowcast import Nowcast, NowcastState, nowcast
from crash_rate_aggregates.verdicts.releases.version_days import LAGS

_CHANGED = "delays have changed lately"
_NOT_STORED = "its submission date is not stored"


def variation_rows(days: ChannelDays, fits: Mapping[str, KindFit]) -> Iterator[VariationRow]:
    """Yield how much each kind varies."""
    for kind, fit in fits.items():
        variation = fit.variation
        yield VariationRow(
            days.application, days.channel, kind, fit.burst_factor, variation.tau, variation.days
        )


def nowcast_rows(days: ChannelDays, fits: Mapping[str, KindFit]) -> Iterator[NowcastRow]:
    """Yield what is known of the newest 8 activity dates, the newest last."""
    for kind in HEADLINE_KINDS:
        if kind.name in fits:
            for row in range(max(0, len(days.hours) - LAGS), len(days.hours)):
                yield _nowcast_row(days, kind.name, fits[kind.name], row)


def _nowcast_row(days: ChannelDays, kind: str, fit: KindFit, row: int) -> NowcastRow:
    lags = np.flatnonzero(days.stored[row])
    crashes, hours = float(np.nansum(fit.crashes[row])), float(days.hours[row].sum())
    delay = fit.delay(lags.tolist()) if days.stored[row, 0] else None
    found = nowcast(
        delay, int(days.weekdays[row]), crashes, hours, fit.phi, tau=fit.tau
    )
    late = len(days.hours) - 1 - row
    shown = found if found.state in (NowcastState.COMPLETE, NowcastState.PROVISIONAL) else None
    return NowcastRow(
        days.application,
        days.channel,
        kind,
        days.date_of(row),
        late,
        found.state,
        crashes,
        hours,
        found.crash_completeness,
        found.hour_completeness,
        *_limits(shown),
        note=_note(days, row, late, delay),
    )


def _limits(shown: Nowcast | None) -> tuple[float | None, ...]:
    """Return rate, expected limits and final limits; what is too early has none of them."""
    if shown is None or shown.expected is None or shown.final is None:
        return (None,) * 5
    expected, final = shown.expected, shown.final
    return shown.rate, expected.lower, expected.upper, final.lower, final.upper


def _note(days: ChannelDays, row: int, late: int, delay: Delay | None) -> str | None:
    if not days.stored[row, 0]:
        return _NOT_STORED
    notes = []
    missing = [lag for lag in range(min(late, LAGS - 1) + 1) if not days.stored[row, lag]]
    if missing:
        notes.append(f"not stored: {', '.join(_days_after(days.date_of(row), missing))}")
    if delay is not None and delay.delays_changed:
        notes.append(_CHANGED)
    return "; ".join(notes) or None


def _days_after(day: date, lags: list[int]) -> Iterator[str]:
    for lag in lags:
        yield (day + timedelta(days=lag)).isoformat()
