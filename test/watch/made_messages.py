"""Messages to send, for the tests of channels."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from crash_rate_aggregates.database.assessments.acknowledgements import Acknowledgement
from crash_rate_aggregates.database.assessments.notifications import SentNotification
from crash_rate_aggregates.questions.said.alarm_evenings import (
    AlarmEvening,
    AlarmState,
    LitAlarm,
)
from crash_rate_aggregates.watch.alarm_messages import AlarmMessage, News
from test.questions.said.made_alarms import MAIN

EVENING = date(2026, 11, 28)
ADDRESS = "https://crashes.example.org/rates/"
WORDS = "Firefox release, main crashes: twice as many since 24 November"


def at(hour: int) -> datetime:
    """Return an hour of the day after the evening."""
    return datetime(2026, 11, 29, hour, tzinfo=UTC)


def known(hour: int = 13, ratio: float | None = 2.0) -> Acknowledgement:
    """Return what Ann acknowledged."""
    return Acknowledgement("Ann", "bug <7> & more", at(hour), ratio)


def lit_alarm(state: AlarmState = AlarmState.LIT, **fields: Any) -> LitAlarm:
    """Make an alarm as it is shown."""
    values: dict[str, Any] = {
        "alarm_id": MAIN,
        "words": WORDS,
        "state": state,
        "application": "Firefox",
        "channel": "release",
        "kind": "main",
        "since": date(2026, 11, 24),
        "ratio": 2.0,
        "machines": None,
        "acknowledgement": None,
        "worsened": False,
    }
    return LitAlarm(**values | fields)


def evening(*alarms: LitAlarm, past: tuple[LitAlarm, ...] = ()) -> AlarmEvening:
    """Make an evening."""
    return AlarmEvening(EVENING, at(12), EVENING, alarms, past)


def message(
    news: News = News.BEGUN, *, page_address: str | None = ADDRESS, **fields: Any
) -> AlarmMessage:
    """Make a message about an alarm with such fields."""
    return AlarmMessage(news, news.value, lit_alarm(**fields), EVENING, page_address)


def sent(state: str, hour: int, alarm_id: str = MAIN) -> SentNotification:
    """Make a record of what was sent."""
    return SentNotification(alarm_id, state, "ops", at(hour))
