"""What a kind of destination needs, by the notes on its fields: as of settings, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_args, get_type_hints

from crash_rate_aggregates.settable import Secret, Settable

SECRET_URL = r"https?://[!-~]+"  # noqa: S105  A form, no secret.
"""Whoever knows it can write there, so it may have anything in it."""
WEB_URL = r"https?://[^/@?#\s]+(/[^@?#\s]*)?"
TOKEN = r"[!-~]+"  # noqa: S105  Likewise.
"""What can stand in a header."""
ADDRESS = r"[^\s@<>,;\"()]+@[^\s@<>,;\"()]+"
HOST = r"[A-Za-z0-9._:-]+"
_SECRET = get_args(Secret)[1]


@dataclass(frozen=True, slots=True)
class DestinationField:
    """One field of a kind."""

    name: str
    """Of the class."""
    hint: Any
    """Its type, for msgspec."""
    note: Settable
    is_secret: bool
    """Whether it can come from a file or a variable, and is never shown."""
    default: Any
    """MISSING where it must be given."""

    @property
    def key(self) -> str:
        """Its name in the settings."""
        return self.note.key or self.name

    @property
    def is_required(self) -> bool:
        """Whether it must be given."""
        return self.default is MISSING

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys that can give it: itself, and of a secret the places that hold it."""
        return (self.key, *(f"{self.key}{end}" for end in PLACES if self.is_secret))


PLACES = ("_file", "_variable")
"""Where a secret can be that does not stand in the settings: ends of keys."""


def destination_fields(kind: type) -> Iterator[DestinationField]:
    """Yield the fields of a kind's class, in their order."""
    hints = get_type_hints(kind, include_extras=True)
    for one in fields(kind):
        # Secret is annotated itself, so its mark stands beside the note, or inside of a union.
        hint, *marks = get_args(hints[one.name])
        note = next(mark for mark in marks if isinstance(mark, Settable))
        is_secret = _SECRET in marks or Secret in get_args(hint)
        yield DestinationField(one.name, hint, note, is_secret, one.default)
