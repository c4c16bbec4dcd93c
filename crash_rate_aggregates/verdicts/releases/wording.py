"""Verdicts in words, one line each."""

from __future__ import annotations

import math
from datetime import date

from crash_rate_aggregates.verdicts.releases.judged import Judged, State

_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_WEEK = 7
_MOST_DAYS = 10
_MOST_WEEKS = 8
_WEEKS_OF_MONTHS = 4.35
_MILLION = 1_000_000
_EXACT_PERCENT = 100
_MOST_MONTHS = 6


def verdict_line(
    label: str, predecessor: str, kind: str, judged: Judged, since: date | None = None
) -> str:
    """Return a verdict with what it is about: `156.0b3, main crashes: worse by 24% ...`.

    Args:
        label: Of the new version.
        predecessor: Of the one it is compared with.
        kind: In words, like `main crashes`.
        judged: From `judge`.
        since: As `looks.since` found it.
    """
    return f"{label} after {predecessor}, {kind}: {verdict_words(judged, since)}"


def verdict_words(judged: Judged, since: date | None = None) -> str:
    """Return a verdict in words: `worse by 24% (11 … 39) since 11 November`.

    Args:
        judged: From `judge`.
        since: As `looks.since` found it; None leaves it out.
    """
    match judged.state:
        case State.WORSE | State.BETTER:
            return f"{judged.state} by {_by_how_much(judged)}{_since(since)}"
        case State.NO_CHANGE:
            return f"no change above {_percent(judged.change)}%"
        case State.CANNOT_TELL:
            return f"cannot tell {_percent(judged.change)}% on this channel"
        case State.NOT_ENOUGH_DATA:
            return f"not enough data{_how_much_more(judged)}"
        case State.DATA_PROBLEM:
            return f"data problem: {judged.reason}"


def _by_how_much(judged: Judged) -> str:
    ratio, lower, upper = (value or 1.0 for value in (judged.ratio, judged.lower, judged.upper))
    if judged.state is State.BETTER:
        return f"{_percent(1 - ratio)}% ({_percent(1 - upper)} … {_percent(1 - lower)})"
    return f"{_percent(ratio - 1)}% ({_percent(lower - 1)} … {_percent(upper - 1)})"


def _percent(share: float) -> str:
    """Return a share in percent, by tens where it is large."""
    percent = 100 * share
    return f"{round(percent, 0 if percent < _EXACT_PERCENT else -1):,.0f}"


def _since(day: date | None) -> str:
    return f" since {day.day} {day:%B}" if day else ""


def _how_much_more(judged: Judged) -> str:
    if judged.hours_needed is None:
        return ": no hours and crashes yet to compare"
    more = f": about {_hours(judged.hours_needed)} more"
    if judged.days_needed is None:
        return more
    return f"{more}, {_time(judged.days_needed)} at today's adoption"


def _hours(hours: float) -> str:
    rounded = _two_digits(hours)
    if rounded >= _MILLION:
        return f"{rounded / _MILLION:,.{0 if rounded >= 10 * _MILLION else 1}f} million hours"
    return "1 hour" if rounded == 1 else f"{rounded:,.0f} hours"


def _two_digits(value: float) -> float:
    """Return a number rounded up to two digits: nobody shall be told too little."""
    if value <= 1:
        return 1.0
    step = 10.0 ** max(0, math.floor(math.log10(value)) - 1)
    # What a float's last digit is above a round number does not make it the next.
    return math.ceil(value / step * (1 - 1e-9)) * step


def _time(days: float) -> str:
    whole = max(1, math.ceil(days * (1 - 1e-9)))
    if whole <= _MOST_DAYS:
        return _counted(whole, "day")
    weeks = math.ceil(whole / _WEEK)
    if weeks <= _MOST_WEEKS:
        return _counted(weeks, "week")
    months = math.ceil(weeks / _WEEKS_OF_MONTHS)
    return _counted(months, "month") if months <= _MOST_MONTHS else "more than six months"


def _counted(number: int, unit: str) -> str:
    return f"{_NUMBERS[number]} {unit}{'' if number == 1 else 's'}"
