"""Destinations of the settings: who is told, and by which channel."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from crash_rate_aggregates.errors import DestinationError
from crash_rate_aggregates.watch.chat_channels import Matrix, Slack, Teams
from crash_rate_aggregates.watch.destination_fields import (
    PLACES,
    DestinationField,
    destination_fields,
)
from crash_rate_aggregates.watch.mail_channel import Email
from crash_rate_aggregates.watch.service_channels import PagerDuty, Webhook

Channel: TypeAlias = Slack | Matrix | Teams | PagerDuty | Email | Webhook
KINDS: Final[Mapping[str, type[Channel]]] = {
    "slack": Slack,
    "matrix": Matrix,
    "teams": Teams,
    "pagerduty": PagerDuty,
    "email": Email,
    "webhook": Webhook,
}
"""What `kind` can be."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MOST_BYTES = 65_536
"""Of a file with a secret; what is longer is not what it should be."""
_MASK = "***"


@dataclass(frozen=True, slots=True)
class Destination:
    """One receiver of all messages."""

    name: str
    """In the settings, messages and records."""
    channel: Channel

    def masked(self) -> Destination:
        """Return the same with *** for each secret, to be shown."""
        channel: Any = self.channel  # Which fields it has is known when it runs.
        secrets = {
            one.name: _MASK
            for one in destination_fields(type(channel))
            if one.is_secret and getattr(channel, one.name) is not None
        }
        return Destination(self.name, replace(channel, **secrets))


def read_destinations(described: Mapping[str, Mapping[str, Any]]) -> tuple[Destination, ...]:
    """Return the destinations, with their secrets fetched.

    Args:
        described: By name, the `kind` and what it needs.

    Raises:
        DestinationError: One cannot be meant, or its secret is not there. No value is shown.
    """
    return tuple(_destination(name, given) for name, given in described.items())


def _destination(name: str, given: Mapping[str, Any]) -> Destination:
    if _NAME.fullmatch(name) is None:
        raise DestinationError(
            "a destination in [notify] has a name that is none: use up to 64 letters, digits, "
            "`.`, `_` and `-`"
        )
    kind = KINDS.get(str(given.get("kind")))
    if kind is None:
        raise DestinationError(f"destination {name!r} needs a kind: one of {', '.join(KINDS)}")
    found = [*destination_fields(kind)]
    known = ["kind", *(key for one in found for key in one.keys)]
    for key in given:
        if key not in known:
            raise DestinationError(
                f"destination {name!r} has a key that its kind {given['kind']} has not: choose "
                f"from {', '.join(known)}"
            )
    values = {one.name: value for one in found if (value := _value(name, one, given)) is not None}
    return Destination(name, kind(**values))


def _value(name: str, one: DestinationField, given: Mapping[str, Any]) -> Any:
    keys = [key for key in one.keys if key in given]
    if len(keys) > 1:
        raise DestinationError(f"destination {name!r} has both {' and '.join(keys)}: leave one out")
    if not keys:
        if one.is_required:
            raise DestinationError(f"destination {name!r} needs {' or '.join(one.keys)}")
        return None
    key = keys[0]
    raw = given[key] if key == one.key else _fetched(name, key, given[key])
    try:
        value = msgspec.convert(raw, one.hint, strict=True)
    except msgspec.ValidationError:
        pass
    else:
        if _is_sound(one, value):
            return value
    # Outside of the handler: what was caught may show the value in a traceback.
    raise DestinationError(f"destination {name!r}: {key} is not {_takes(one)}")


def _is_sound(one: DestinationField, value: Any) -> bool:
    note = one.note
    if isinstance(value, int):
        return (note.least or 0) <= value <= (note.most or value)
    texts = value if isinstance(value, tuple) else (value,)
    return bool(texts) and all(
        text.isprintable() and re.fullmatch(note.pattern or ".+", text) for text in texts
    )


def _takes(one: DestinationField) -> str:
    if choices := getattr(one.hint, "__args__", ()) if not one.note.takes else ():
        words = [f"`{choice}`" for choice in choices if isinstance(choice, str)]
        if words:
            return " or ".join(words)
    if one.note.least is not None:
        return f"a whole number from {one.note.least:g} to {one.note.most:g}"
    return one.note.takes or "a text"


def _fetched(name: str, key: str, place: Any) -> str:
    """Return a secret from where it is said to be, without the line's end that editors add."""
    if not isinstance(place, str):
        raise DestinationError(f"destination {name!r}: {key} is not a text")
    if key.endswith(PLACES[1]):
        text = os.environ.get(place, "")
        missing = "names a variable that is not set"
    else:
        try:
            with Path(place).expanduser().open("rb") as file:
                text = file.read(_MOST_BYTES).decode("utf-8-sig")
        except (OSError, RuntimeError, UnicodeDecodeError, ValueError):
            text = ""
        missing = "names a file that cannot be read, or is empty"
    if not text.strip():
        raise DestinationError(f"destination {name!r}: {key} {missing}")
    return text.strip()
