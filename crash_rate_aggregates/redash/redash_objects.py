"""What Redash holds, as wanted by our files and as found on a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

TAG = "crash-rate-aggregates"
"""Tag of every query and dashboard that is pushed."""
KEY_OPTION = "crash_rate_aggregates"
"""Option in which charts, widgets, alerts and dashboards, which a copy in Redash may share tags
with, carry their key. Redash keeps options that it does not know."""
HIDDEN = "--------"
"""What Redash answers in place of a secret."""


class SecretText(str):
    """A text that Redash gets, and that nobody is shown: `shown` has asterisks in its place."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Hide it also where a value that holds it is printed."""
        return repr(shown(self))


def shown(value: Any) -> Any:
    """Return a JSON value as people and logs may see it."""
    if isinstance(value, SecretText):
        return "***"
    if isinstance(value, Mapping):
        return {name: shown(one) for name, one in value.items()}
    return [shown(one) for one in value] if isinstance(value, list) else value


class Kind(StrEnum):
    """The kinds of objects, in the order in which they can be made."""

    DATA_SOURCE = "data source"
    QUERY = "query"
    CHART = "chart"
    DASHBOARD = "dashboard"
    WIDGET = "widget"
    DESTINATION = "destination"
    ALERT = "alert"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class Ref:
    """Stands in a field for the id of another object, which may not be made yet."""

    kind: Kind
    key: str
    """That of the object among all of its kind."""


def tag_of(key: str) -> str:
    """Return the tag that tells which of our queries or dashboards one is, whatever its name."""
    return f"{TAG}:{key}"


@dataclass(frozen=True, slots=True)
class WantedObject:
    """One object as the files describe it."""

    kind: Kind
    key: str
    """Unique within the kind; stays the same when the name changes."""
    name: str
    """What a person calls it."""
    fields: Mapping[str, Any]
    """What is sent and compared: JSON values, or a `Ref`. Other fields on the server stay."""
    published: Mapping[str, Any] = field(default_factory=dict)
    """Fields that are set last, so that nobody sees a half-made object."""
    run_with: Mapping[str, Any] | None = None
    """Values of the parameters with which a query is run once; None where nothing is run."""


@dataclass(frozen=True, slots=True)
class FoundObject:
    """One object as a server holds it."""

    kind: Kind
    key: str
    """By its tag, its option or, where Redash offers neither, its name."""
    id: int
    """The server's own number."""
    name: str
    """What it is called there now."""
    fields: Mapping[str, Any]
    """As the server answers them; more than the wanted ones does no harm."""
    is_copy: bool = False
    """True for what somebody copied from ours in Redash, tags included: it is left alone."""
    has_result: bool = True
    """False for a query without a result of its current text."""
