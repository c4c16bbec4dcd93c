"""How a part says what people can set: a note on the field, in the part's own dataclass.

`settings/` makes everything else of these notes: flag, environment variable, key of the TOML file,
check, --help and docs/configuration.md.
"""

from __future__ import annotations

from dataclasses import dataclass


# Workers and `--help` load this module with every part, so it imports nothing of weight.
@dataclass(frozen=True, slots=True, kw_only=True)
class Settable:
    """What is to be known of one field; it stands in the field's type, as `Annotated`."""

    says: str
    """What it is, one sentence for --help and docs; backticks mark what is typed."""
    key: str = ""
    """Its name in the settings, default: the field's. As users type it, so that grep finds it."""
    flag: str = ""
    """Where it is not `--` and the key."""
    unset: str = ""
    """What holds while nobody sets it, where the field's default does not say so."""
    least: float | None = None
    """Lowest value, itself allowed."""
    above: float | None = None
    """Values must be greater than this one."""
    most: float | None = None
    """Highest value, itself allowed."""
    pattern: str | None = None
    """Regular expression for the whole text, whose words are in `takes`."""
    takes: str = ""
    """What a value must be, in words, where type and bounds do not say it."""
    page: str = ""
    """Page of docs/ that says more."""
    secret: bool = False
    """Never shown; and without a flag, unless `flag` names one, since `ps` shows flags to all."""
    may_hold_secrets: bool = False
    """Not shown in messages: a URL with a password in it, or settings of others."""
