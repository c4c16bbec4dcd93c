"""Alarms for people: how many, then each in its words with who knows of it; and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from crash_rate_aggregates.questions.said.alarm_evenings import (
    AlarmEvening,
    LitAlarm,
    alarms_answer,
)
from crash_rate_aggregates.terminal.cells import printable

_INDENT, _INDENT_OF_DETAILS = 2, 4


def alarm_parts(evening: AlarmEvening) -> Iterator[RenderableType]:
    """Yield what is printed; longer lines are broken where the terminal ends."""
    yield _summary(evening)
    if evening.is_behind and evening.newest_stored is not None:
        yield (
            f"{_day(evening.newest_stored)} is stored and not assessed yet: "
            "`crash-rate-aggregates assess`"
        )
    for alarm in evening.alarms:
        yield _indented(Text(printable(alarm.words)), _INDENT)
        for line in _details(alarm):
            yield _indented(Text(printable(line)), _INDENT_OF_DETAILS)
        yield _indented(Text(printable(alarm.alarm_id), style="dim"), _INDENT_OF_DETAILS)


def alarms_document(evening: AlarmEvening) -> str:
    """Return the same as JSON."""
    of_evening = {
        "submission_date": evening.submission_date,
        "assessed_at": evening.assessed_at.isoformat(),
        "newest_stored": evening.newest_stored,
    }
    alarms = [*alarms_answer(evening).records()]
    return json.dumps({**of_evening, "alarms": alarms}, indent=2, default=str)


def _summary(evening: AlarmEvening) -> str:
    number = len(evening.lit)
    counted = {0: "no alarm", 1: "1 alarm"}.get(number, f"{number} alarms")
    quiet = sum(one.is_quiet for one in evening.lit)
    known = "" if number == 1 else f"{quiet} of them "
    return f"{counted} on {_day(evening.submission_date)}" + (
        f", {known}acknowledged" if quiet else ""
    )


def _details(alarm: LitAlarm) -> Iterator[str]:
    known = alarm.acknowledgement
    if alarm.machines:
        yield alarm.machines
    if known is not None:
        yield f"acknowledged by {known.by} on {_day(known.at.date())}: {known.note}"
    if alarm.worsened and alarm.is_lit:
        yield "worse since it was acknowledged" if known else "worse than when it began"


def _indented(text: Text, columns: int) -> Padding:
    # Not as wide as the terminal: where nobody looks on, that is a million columns.
    return Padding(text, (0, 0, 0, columns), expand=False)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
