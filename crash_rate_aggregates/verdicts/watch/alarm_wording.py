"""Alarms in words, one line each."""

from __future__ import annotations

from datetime import date

from crash_rate_aggregates.verdicts.watch.alarms import Alarm, AlarmKind, AlarmPhase, AlarmSize

_MILLION = 1e6
_TIMES = "\N{MULTIPLICATION SIGN}"


def alarm_words(channel: str, what: str, alarm: Alarm) -> str:
    """Return an alarm as people read it.

    Args:
        channel: Like `release`.
        what: `usage hours`, or a kind of crash in words: `main crashes`.
        alarm: On an evening.
    """
    return f"{channel}, {what}: {_happening(alarm)}{_figures(alarm)}"


def _happening(alarm: Alarm) -> str:
    since = f"since {day_words(alarm.first_date)}"
    match alarm.phase:
        case AlarmPhase.ENDED:
            return f"as usual again, after an alarm {since}"
        case AlarmPhase.NEW_LEVEL:
            return f"a new level {since}"
        case _ if alarm.size is None:
            return f"the alarm {since} lasts, and no newer date can be told yet"
        case _ if alarm.kind is AlarmKind.HOURS_MISSING:
            return f"{100 * (1 - alarm.size.ratio):.0f}% missing {since}"
        case _:
            return f"{_TIMES}{alarm.size.ratio:.2f} {since}"


def _figures(alarm: Alarm) -> str:
    size = alarm.size
    if size is None:
        return ""
    if alarm.kind is AlarmKind.HOURS_MISSING:
        counted = f"{_hours(size.observed)} hours instead of {_hours(size.expected)}"
    else:
        counted = f"{size.observed:.2f} instead of {size.expected:.2f} per 1,000 hours"
    return f" ({counted} on {day_words(size.activity_date)}{_interval(alarm, size)})"


def _interval(alarm: Alarm, size: AlarmSize) -> str:
    is_rate = alarm.kind is AlarmKind.RATE_UP
    return f", {_TIMES}{size.lower:.2f} … {size.upper:.2f}" if is_rate else ""


def _hours(hours: float) -> str:
    if hours >= _MILLION:
        return f"{hours / _MILLION:,.1f} million"
    return f"{hours:,.0f}"


def day_words(day: date) -> str:
    """Return a date as in `11 November`."""
    return f"{day.day} {day:%B}"
