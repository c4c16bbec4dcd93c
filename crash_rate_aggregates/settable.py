"""How a part says what people can set: a note on the field, in the part's own dataclass.

`settings/` makes everything else of these notes: flag, environment variable, key of the TOML file,
check, --help and docs/configuration.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

Secret: TypeAlias = Annotated[str, "secret"]
"""A password, a key, or a URL that is one: without a flag, since `ps` shows flags to all."""
Url: TypeAlias = Annotated[str, "URL"]
"""A URL, or what else its part reads, which may have a password in it."""
WebUrl: TypeAlias = Annotated[str, "web URL"]
"""An http(s) URL. One with user, password or query is refused, so that messages can show it."""
Place: TypeAlias = Annotated[str, "place"]
"""A path or a URL. Like `WebUrl` without user, password and query: it is shown and recorded."""


SecretTables: TypeAlias = Annotated[Mapping[str, Mapping[str, Any]], "tables with secrets"]
"""Tables of TOML that may have secrets in them: without a flag."""


# Workers and `--help` load this module with every part, so it imports nothing of weight.
@dataclass(frozen=True, slots=True, kw_only=True)
class Settable:
    """What is to be known of one field; it stands in the field's type, as `Annotated`."""

    says: str
    """What it is, one sentence for --help and docs; backticks mark what is typed."""
    key: str = ""
    """Its name in the settings, default: the field's. As users type it, so that grep finds it."""
    flag: str = ""
    """Where it is not `--` and the key; a `Secret` has one only if it stands here."""
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
