"""The state of the watch as a JSON object, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from crash_rate_aggregates.verdicts.watch.alarms import WatchState
from crash_rate_aggregates.verdicts.watch.level import Level


def stored_state(state: WatchState) -> dict[str, Any]:
    """Return what JSON can hold of a state; `state_of` makes the same state of it."""
    return {
        "first_date": _text(state.first_date),
        "level": None if state.level is None else asdict(state.level),
        "left_out": [day.isoformat() for day in state.left_out],
        "restart": _text(state.restart),
    }


def state_of(stored: Mapping[str, Any] | None) -> WatchState:
    """Return the state that was stored, that of a first evening where nothing was."""
    if stored is None:
        return WatchState()
    level = stored["level"]
    return WatchState(
        _date(stored["first_date"]),
        None if level is None else _level(level),
        tuple(date.fromisoformat(day) for day in stored["left_out"]),
        _date(stored["restart"]),
    )


def _level(stored: Mapping[str, Any]) -> Level:
    return Level(stored["mean"], tuple(stored["effects"]), stored["system_variance"])


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
