"""What can be set about notifications."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from crash_rate_aggregates.settable import SecretTables, Settable, WebUrl


@dataclass(frozen=True, slots=True)
class NotifyOptions:
    """Whom `watch --notify` tells of alarms."""

    destinations: Annotated[
        SecretTables | None,
        Settable(
            key="notify",
            says="Where alarms are sent: a name, and a table with its `kind` and what it needs.",
            unset="nobody is told",
            page="watch.md",
        ),
    ] = field(default=None, repr=False)
    page_address: Annotated[
        WebUrl | None,
        Settable(
            says="Address of the page of crash rates, to which messages link.",
            unset="messages have no link",
        ),
    ] = None
