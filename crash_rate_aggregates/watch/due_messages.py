"""What is new to a destination: a function of the evening and of what it was sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crash_rate_aggregates.database.assessments.notifications import SentNotification
from crash_rate_aggregates.questions.said.alarm_evenings import AlarmEvening, LitAlarm
from crash_rate_aggregates.watch.alarm_messages import AlarmMessage, News

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a destination was sent about one alarm."""

    sent: Sequence[SentNotification]

    def last(self, *news: News) -> datetime:
        """Return when one of them was sent last; the beginning of time if none was."""
        times = (one.sent_at for one in self.sent if _news_of(one) in news)
        return max(times, default=_NEVER)

    @property
    def knows(self) -> bool:
        """Whether it was told that the alarm is there, and not that it is over since."""
        return self.last(News.BEGUN, News.WORSENED) > self.last(News.ENDED)

    def state(self, news: News) -> str:
        """Return how the next message of that kind is recorded."""
        number = 1 + sum(_news_of(one) == news for one in self.sent)
        return news.value if number == 1 else f"{news} {number}"


def due_messages(
    evening: AlarmEvening,
    sent: Sequence[SentNotification],
    *,
    keeps_state: bool = False,
    page_address: str | None = None,
) -> Iterator[AlarmMessage]:
    """Yield what a destination is to be told, in the order of the alarms.

    Of what somebody acknowledged it hears only that it worsened or ended. An alarm that ended on an
    evening on which nothing was sent is told of later.

    Args:
        evening: From `lit_alarms`.
        sent: To this destination.
        keeps_state: Whether it wants to know that somebody acknowledged.
        page_address: For links.
    """
    over_before = {one.alarm_id for one in evening.past}
    for alarm in (*evening.alarms, *evening.past):
        told = _Told([one for one in sent if one.alarm_id == alarm.alarm_id])
        news = _news(alarm, told, is_new=alarm.alarm_id not in over_before)
        if news is not None and (keeps_state or news != News.ACKNOWLEDGED):
            yield AlarmMessage(news, told.state(news), alarm, evening.submission_date, page_address)


def _news(alarm: LitAlarm, told: _Told, *, is_new: bool) -> News | None:
    known = alarm.acknowledgement
    at = known.at if known else _NEVER
    if not alarm.is_lit:
        # Who acknowledged it hears of the end, though the destination never heard of the beginning.
        is_awaited = is_new and known is not None and told.last(News.ENDED) < at
        return News.ENDED if told.knows or is_awaited else None
    if alarm.is_quiet:
        is_news = told.knows and told.last(News.ACKNOWLEDGED) < at
        return News.ACKNOWLEDGED if is_news else None
    if not told.knows:
        return News.BEGUN if known is None else News.WORSENED
    is_told_worse = told.last(News.WORSENED) > max(at, told.last(News.ENDED))
    return News.WORSENED if alarm.worsened and not is_told_worse else None


def _news_of(one: SentNotification) -> News:
    return News(one.state.partition(" ")[0])
