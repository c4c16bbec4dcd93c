"""What is sent about an alarm, whoever gets it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import quote

from crash_rate_aggregates.questions.said.alarm_evenings import LitAlarm


class News(StrEnum):
    """What is new about an alarm."""

    BEGUN = "begun"
    WORSENED = "worsened"
    """Half as bad again as when it was acknowledged, or at its beginning."""
    ACKNOWLEDGED = "acknowledged"
    """Only for destinations that keep a state of their own."""
    ENDED = "ended"


_TITLES = {
    News.BEGUN: "New alarm",
    News.WORSENED: "Worse",
    News.ACKNOWLEDGED: "Acknowledged",
    News.ENDED: "Over",
}


@dataclass(frozen=True, slots=True)
class AlarmMessage:
    """One thing to tell about one alarm."""

    news: News
    state: str
    """As it is recorded: the news, with a number from 2 on where it came again."""
    alarm: LitAlarm
    evening: date
    """Submission date that was assessed."""
    page_address: str | None = None

    @property
    def title(self) -> str:
        """The message in one line."""
        return f"{_TITLES[self.news]}: {self.alarm.words}"

    @property
    def details(self) -> tuple[str, ...]:
        """Further lines, for those who want to know more."""
        known = self.alarm.acknowledgement
        acknowledged = f"acknowledged by {known.by}: {known.note}" if known else None
        lines = (self.alarm.machines, acknowledged, self.alarm.alarm_id)
        return tuple(line for line in lines if line)

    @property
    def link(self) -> str | None:
        """Where the page shows the alarm; None where no address is set."""
        if self.page_address is None:
            return None
        return f"{self.page_address.rstrip('/')}/#{quote(self.alarm.alarm_id)}"

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n".join(filter(None, (self.title, *self.details, self.link)))

    @property
    def thread(self) -> str:
        """What is the same for all messages about the alarm, 32 hex digits."""
        return _digest(self.alarm.alarm_id)

    def fingerprint(self, *of: str) -> str:
        """Return what is the same for the same message to the same receiver, 32 hex digits."""
        return _digest(self.alarm.alarm_id, self.state, *of)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
