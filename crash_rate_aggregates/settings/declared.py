"""Each setting by its key, with its names in the four places and what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from crash_rate_aggregates.settable import Secret, SecretTables, Settable
from crash_rate_aggregates.settings import value_kinds
from crash_rate_aggregates.settings.composed import Settings

ENVIRONMENT_PREFIX = "CRASH_RATE_AGGREGATES_"
NO_DEFAULT = "none"


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting, as its part declares it."""

    group: str
    """The field of `Settings` that holds its part's options."""
    field: str
    """The field of these options."""
    kind: value_kinds.Kind
    default: Any
    """None also where it depends on the machine: then `note.unset` says it."""
    note: Settable

    @property
    def key(self) -> str:
        """Its name in the TOML file and in messages."""
        return self.note.key or self.field

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return f"{ENVIRONMENT_PREFIX}{self.key.upper()}"

    @property
    def flag(self) -> str | None:
        """Its flag, None for a secret: `ps` shows flags to all users of a machine."""
        if self.note.flag or self.is_secret:
            return self.note.flag or None
        return f"--{self.key.replace('_', '-')}"

    @property
    def takes(self) -> str:
        """What a value must be, in words."""
        return value_kinds.takes(self.kind, self.note)

    @property
    def is_secret(self) -> bool:
        """Whether it is kept as a secret, whatever its value is; others may have one in them."""
        return self.kind in (Secret, SecretTables)

    @property
    def is_shown(self) -> bool:
        """Whether a message may show what was given in its place and is wrong."""
        return value_kinds.is_shown(self.kind, self.note)

    @property
    def usually(self) -> str:
        """What holds while nobody sets it, in words; values in backticks."""
        if self.note.unset or self.default is None:
            return self.note.unset or NO_DEFAULT
        return f"`{str(self.default).lower() if self.kind is bool else self.default}`"


def _declared(group: str, options: type) -> Iterator[Declared]:
    hints = get_type_hints(options, include_extras=True)
    for one in fields(options):
        if get_origin(hints[one.name]) is not Annotated:
            continue  # Not for people to set: the program fills it in.
        hint, note = get_args(hints[one.name])
        # A factory is not asked: a default that cannot be found must not fail --help.
        default = None if one.default is MISSING else one.default
        yield Declared(group, one.name, value_kinds.without_none(hint), default, note)


GROUPS: Mapping[str, type] = get_type_hints(Settings)
"""The options of each part, by the field of `Settings`."""
DECLARED: Mapping[str, Declared] = {
    setting.key: setting
    for group, options in GROUPS.items()
    for setting in _declared(group, options)
}
"""All settings by key, in the order of docs/configuration.md."""
