"""What `watch --notify` says about messages: that one was sent, or what would be."""

from __future__ import annotations

from collections.abc import Iterator

from crash_rate_aggregates.terminal.cells import printable
from crash_rate_aggregates.watch.notifying import DueNotification


def told_line(one: DueNotification) -> str:
    """Say on one line that a message was sent."""
    return printable(f"sent to {one.destination.name}: {one.message.title}")


def shown_lines(one: DueNotification) -> Iterator[str]:
    """Yield what would be sent, with *** for each secret."""
    yield printable(f"would be sent to {one.destination.name}: {one.message.title}")
    for line in one.destination.masked().channel.shown(one.message).splitlines():
        yield printable(f"  {line}")
