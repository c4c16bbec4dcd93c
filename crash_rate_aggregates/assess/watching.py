"""The watch over one channel on one evening: rates and hours beside their levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from crash_rate_aggregates.assess.channel_fit import KindFit, newest_complete
from crash_rate_aggregates.assess.watch_states import state_of, stored_state
from crash_rate_aggregates.database.assessments.alarm_ids import alarm_id
from crash_rate_aggregates.database.assessments.assessment_rows import AlarmRow, WatchStateRow
from crash_rate_aggregates.questions.inputs.channel_days import ChannelDays
from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS
from crash_rate_aggregates.verdicts.watch.alarm_wording import alarm_words
from crash_rate_aggregates.verdicts.watch.alarms import (
    HISTORY,
    Alarm,
    AlarmKind,
    AlarmPhase,
    Evening,
    evening,
)
from crash_rate_aggregates.verdicts.watch.departures import DatedHours, DatedRate
from crash_rate_aggregates.verdicts.watch.volumes import fit_hours_share, is_year_end

RATE, HOURS = "rate", "hours"
"""What is watched of a channel: the rate of each headline kind, and its usage hours."""
_STATES = {
    AlarmPhase.BEGAN: "begun",
    AlarmPhase.GOES_ON: "lit",
    AlarmPhase.ENDED: "ended",
    AlarmPhase.NEW_LEVEL: "new level",
}
States = Mapping[tuple[str, str, str, str], Mapping[str, Any]]
"""Stored states by application, channel, kind and measure."""


def watch_rows(
    days: ChannelDays, fits: Mapping[str, KindFit], today: date, before: States
) -> Iterator[AlarmRow | WatchStateRow]:
    """Yield the alarms of an evening, and what it leaves to the next.

    Args:
        days: Of the channel, up to the evening.
        fits: By kind.
        today: The submission date whose evening it is.
        before: What the evening before left.
    """
    for kind in HEADLINE_KINDS:
        if kind.name in fits:
            dates = [*_rates(fits[kind.name])]
            yield from _rows(days, kind.name, RATE, kind.words, today, dates, before)
    yield from _rows(days, HOURS, HOURS, "usage hours", today, [*_hours(days)], before)


def _rows(  # noqa: PLR0917  One measure has as many parts, and is called for twice.
    days: ChannelDays,
    kind: str,
    measure: str,
    words: str,
    today: date,
    dates: Sequence[DatedRate | DatedHours],
    before: States,
) -> Iterator[AlarmRow | WatchStateRow]:
    key = (days.application, days.channel, kind, measure)
    sort = AlarmKind.RATE_UP if measure == RATE else AlarmKind.HOURS_MISSING
    found: Evening = evening(sort, dates, today, state_of(before.get(key)))
    yield WatchStateRow(*key, stored_state(found.state))
    if found.alarm is not None:
        yield _alarm_row(key, words, found.alarm, today)


def _alarm_row(key: tuple[str, str, str, str], words: str, alarm: Alarm, today: date) -> AlarmRow:
    application, channel, kind, _ = key
    size = alarm.size
    return AlarmRow(
        alarm_id(application, channel, kind, alarm.first_date.isoformat()),
        *key,
        alarm.first_date,
        _STATES[alarm.phase],
        alarm_words(channel, words, alarm),
        size.activity_date if size else today,
        size.observed if size else None,
        size.expected if size else None,
        size.ratio if size else None,
        size.lower if size else None,
        size.upper if size else None,
    )


def _rates(fit: KindFit) -> Iterator[DatedRate]:
    """Yield the newest dates, those that are watched and those that tell the level."""
    days = fit.days
    for row in _newest(days):
        stored = days.stored[row]
        delay = fit.delay(np.flatnonzero(stored).tolist()) if stored[0] else None
        yield DatedRate(
            crashes=float(np.nansum(fit.crashes[row])),
            hours=float(days.hours[row].sum()) if stored[0] else 0.0,
            log_bias=np.nan if delay is None else delay.log_bias[days.weekdays[row]],
            log_variance=0.0 if delay is None else delay.log_variance,
            phi=fit.phi,
        )


def _hours(days: ChannelDays) -> Iterator[DatedHours]:
    complete = newest_complete(days, days.hours)
    for row in _newest(days):
        lags = np.flatnonzero(days.stored[row]).tolist()
        share = fit_hours_share(days.hours[complete], days.weekdays[complete], lags)
        yield DatedHours(
            hours=float(days.hours[row].sum()),
            log_share=np.nan if share is None else share.log_share[days.weekdays[row]],
            log_variance=0.0 if share is None else share.log_variance,
            is_quiet=is_year_end(days.date_of(row)),
        )


def _newest(days: ChannelDays) -> range:
    return range(max(0, len(days.hours) - HISTORY - 2), len(days.hours))
