"""What names an alarm, or a verdict of worse, for people, records and receivers alike."""

from __future__ import annotations


def alarm_id(application: str, channel: str, *parts: str) -> str:
    """Return what names an alarm, or a verdict of worse, for `watch acknowledge`.

    As the database's function crash_alarm_id makes it: `firefox/release/main/2026-11-11`.

    Args:
        application: As people call it.
        channel: By crash_channel.
        parts: Of an alarm, the kind and the first activity date; of a verdict, the label and the
            kind.
    """
    return "/".join((application.lower(), channel, *parts))
