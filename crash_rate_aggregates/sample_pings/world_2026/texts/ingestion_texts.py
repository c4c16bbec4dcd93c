"""What Mozilla's ingestion adds to a ping, as members of its JSON; and how clients say times."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from crash_rate_aggregates.sample_pings.world_2026.people import Person, uuid_text

_DAY_SECONDS = 86_400
# Of a ping's 128 random bits: what is taken from where. Each place is used for one thing.
_TIME_SHIFT = 8
_CLOCK_SHIFT = 32
_CLOCK_SLOTS = 1 << 10
_REST_OF_HOUR = tuple(f":{minute:02}:{second:02}" for minute in range(60) for second in range(60))
_AHEAD = 31
_WRONG = 4
_WRONG_DAYS = 4_124


class Sent(NamedTuple):
    """One ping on its way; all that is drawn of it comes from its bits."""

    bits: int
    """128 random ones."""
    id: str
    """Document id."""
    day: str
    """The client's own date of what the ping tells of."""
    clock: str
    """Time of day, HH:MM:SS, drawn once for each ping."""
    at: str
    """When the server gets it, with seconds."""


def sent_ping(bits: int, activity: date, submission: date) -> Sent:
    """Send a ping.

    Args:
        bits: 128 random ones.
        activity: UTC day of what it tells of.
        submission: Day on which the server gets it.
    """
    hour, rest = divmod((bits >> _TIME_SHIFT) % _DAY_SECONDS, 3600)
    clock = f"{hour:02}{_REST_OF_HOUR[rest]}"
    return Sent(
        bits,
        uuid_text(f"{bits:032x}"),
        _stated(activity, bits).isoformat(),
        clock,
        f"{submission.isoformat()}T{clock}",
    )


def _stated(activity: date, bits: int) -> date:
    """Return the client's own date.

    [published] 3 of 100 real pings are a day ahead of the server, being the client's local date,
    and 1 is years off. [chosen] 0.4% are years off.
    """
    drawn = (bits >> _CLOCK_SHIFT) % _CLOCK_SLOTS
    if drawn < _WRONG:
        return activity - timedelta(days=_WRONG_DAYS)
    return activity + timedelta(days=1) if drawn < _WRONG + _AHEAD else activity


def ingestion(sent: Sent, person: Person, namespace: str, doc_type: str, about: str) -> str:
    """Return what the decoder nests into a ping, without braces.

    Args:
        sent: Which ping.
        person: Who sends it.
        namespace: `telemetry`, or that of a Glean application.
        doc_type: Like `main`.
        about: JSON members of `metadata` that this kind of ping has, with a comma at their end.
    """
    tags = '"x_source_tags":"automation",' if person.is_automation else ""
    machine, at = person.machine, sent.at
    return (
        f'"metadata":{{{about}"document_namespace":"{namespace}","document_type":"{doc_type}",'
        f'"geo":{{"country":"{person.country}"}},"header":{{{tags}"date":"{at}Z"}},'
        f'"user_agent":{{"browser":"Firefox"}}}},"document_id":"{sent.id}",'
        f'"submission_timestamp":"{at}.000000Z","sample_id":{sent.bits % 100},'
        f'"normalized_channel":"{person.sender.channel}",'
        f'"normalized_country_code":"{person.country}","normalized_os":"{machine.server_name}",'
        f'"normalized_os_version":"{machine.version}"'
    )
