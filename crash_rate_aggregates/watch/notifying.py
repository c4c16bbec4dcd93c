"""Send what is new, once each: a destination that fails is told of, and stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import psycopg

from crash_rate_aggregates.database.assessments.notifications import (
    SentNotification,
    sending_once,
    sent_notifications,
)
from crash_rate_aggregates.errors import NotificationError
from crash_rate_aggregates.questions.said.alarm_evenings import AlarmEvening
from crash_rate_aggregates.watch.alarm_messages import AlarmMessage
from crash_rate_aggregates.watch.delivering import SECONDS, NotTakenError
from crash_rate_aggregates.watch.destinations import Destination
from crash_rate_aggregates.watch.due_messages import due_messages


@dataclass(frozen=True, slots=True)
class DueNotification:
    """A message and its receiver."""

    destination: Destination
    message: AlarmMessage


@dataclass(frozen=True, slots=True)
class FailedDestination:
    """A destination that did not take all."""

    name: str
    messages: int
    """That it did not take, or was not sent after the first of them."""
    reason: str

    def __str__(self) -> str:
        number = "a message" if self.messages == 1 else f"{self.messages} messages"
        return f"{self.name} did not take {number}: it {self.reason}"


def due_notifications(
    connection: psycopg.Connection,
    evening: AlarmEvening,
    destinations: Sequence[Destination],
    page_address: str | None = None,
) -> list[DueNotification]:
    """Return all that is to be sent now, by destination.

    Args:
        connection: From `connect`, outside any transaction.
        evening: From `lit_alarms`.
        destinations: Who is told.
        page_address: For links.
    """
    sent = sent_notifications(connection)
    return [
        DueNotification(destination, message)
        for destination in destinations
        for message in due_messages(
            evening,
            _sent_to(destination, sent),
            keeps_state=destination.channel.keeps_state,
            page_address=page_address,
        )
    ]


def notify(
    connection: psycopg.Connection,
    due: Sequence[DueNotification],
    tell: Callable[[DueNotification], None],
    *,
    seconds: float = SECONDS,
) -> None:
    """Send what is due, and record what was taken.

    Args:
        connection: From `connect`, as the role that fills days, outside any transaction.
        due: From `due_notifications`.
        tell: Called with each that was sent.
        seconds: For one message, all attempts together.

    Raises:
        NotificationError: A destination did not take a message; all others got theirs.
        DatabaseError: It cannot be recorded what was sent.
    """
    failed = [*_failed(connection, due, tell, seconds)]
    if failed:
        raise NotificationError(
            f"{'; '.join(map(str, failed))}: the next `watch --notify` sends what is missing"
        )


def _sent_to(destination: Destination, sent: Sequence[SentNotification]) -> list[SentNotification]:
    return [one for one in sent if one.destination == destination.name]


def _failed(
    connection: psycopg.Connection,
    due: Sequence[DueNotification],
    tell: Callable[[DueNotification], None],
    seconds: float,
) -> Iterator[FailedDestination]:
    names = dict.fromkeys(one.destination.name for one in due)
    for name in names:
        own = [one for one in due if one.destination.name == name]
        missing, reason = 0, ""
        for number, one in enumerate(own):
            try:
                if _is_sent(connection, one, seconds):
                    tell(one)
            except NotTakenError as error:
                missing, reason = missing + 1, str(error)
                if error.is_of_all:
                    missing += len(own) - number - 1
                    break
        if missing:
            yield FailedDestination(name, missing, reason)


def _is_sent(connection: psycopg.Connection, one: DueNotification, seconds: float) -> bool:
    """Send a message unless another session does; return whether it was sent here."""
    message, destination = one.message, one.destination
    with sending_once(
        connection, message.alarm.alarm_id, message.state, destination.name
    ) as is_due:
        if is_due:
            destination.channel.deliver(message, seconds)
    return is_due
