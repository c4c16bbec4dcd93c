"""Alarms on an evening, as all faces show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from crash_rate_aggregates.database.assessments.acknowledgements import Acknowledgement
from crash_rate_aggregates.questions.statement import Answer


class AlarmState(StrEnum):
    """What is to be said of an alarm on an evening."""

    BEGUN = "begun"
    LIT = "lit"
    ENDED = "ended"
    NEW_LEVEL = "new level"
    """It lasted so long that it is what is to be expected now."""
    WORSE = "worse"
    """The verdict on a release or a branch, as long as it stands."""


_LIT = {AlarmState.BEGUN, AlarmState.LIT, AlarmState.WORSE}


@dataclass(frozen=True, slots=True)
class LitAlarm:
    """An alarm, or a verdict of worse, on an evening."""

    alarm_id: str
    """What names it on all its evenings."""
    words: str
    """With the application and what it is about, as people read it."""
    state: AlarmState
    application: str
    channel: str
    kind: str
    """Of the crashes; hours of an alarm about hours."""
    since: date
    """First activity date of an alarm; of a verdict, first evening on which it was said."""
    ratio: float | None
    """Observed over expected, or over the release before: the newest that is known."""
    machines: str | None
    """Whether few machines or many make the excess; None where it cannot be said."""
    acknowledgement: Acknowledgement | None
    """The newest since it is lit."""
    worsened: bool
    """Whether it is half as bad again as when it was acknowledged, else than at its beginning."""

    @property
    def is_lit(self) -> bool:
        """Whether it still lasts."""
        return self.state in _LIT

    @property
    def is_quiet(self) -> bool:
        """Whether somebody knows of it as bad as it is."""
        return self.acknowledgement is not None and not self.worsened


@dataclass(frozen=True, slots=True)
class AlarmEvening:
    """What is known of alarms after the newest assessment."""

    submission_date: date
    """The newest that is assessed."""
    assessed_at: datetime
    """Aware."""
    newest_stored: date | None
    """Newest submission date that is stored; None if none is any more."""
    alarms: tuple[LitAlarm, ...]
    """Those that are lit, what nobody knows of first; then those that ended this evening."""
    past: tuple[LitAlarm, ...]
    """Those that were over on an evening before, for whoever was not told of it."""

    @property
    def lit(self) -> tuple[LitAlarm, ...]:
        """Those that last."""
        return tuple(one for one in self.alarms if one.is_lit)

    @property
    def is_behind(self) -> bool:
        """Whether a newer day is stored, of which nothing is said yet."""
        return self.newest_stored is not None and self.newest_stored > self.submission_date


_COLUMNS = (
    *("submission_date", "alarm_id", "state", "application", "channel", "kind", "since", "ratio"),
    *("worsened", "words", "machines", "acknowledged_by", "note", "acknowledged_at"),
)


def alarms_answer(evening: AlarmEvening) -> Answer:
    """Return the alarms of an evening as an answer for programs."""
    rows = []
    for one in evening.alarms:
        known = one.acknowledgement
        rows.append(
            (
                *(evening.submission_date, one.alarm_id, one.state.value, one.application),
                *(one.channel, one.kind, one.since, one.ratio, one.worsened, one.words),
                *(one.machines, *((known.by, known.note, known.at) if known else (None,) * 3)),
            )
        )
    return Answer(_COLUMNS, rows)
