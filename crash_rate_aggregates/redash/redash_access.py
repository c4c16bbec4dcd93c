"""What can be set about Redash."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from crash_rate_aggregates.settable import Secret, Settable, WebUrl


@dataclass(frozen=True, slots=True)
class RedashAccess:
    """How Redash is reached, and what it reaches.

    The files of queries and alerts cannot know the database and the webhook of a place.
    """

    url: Annotated[
        WebUrl | None,
        Settable(key="redash_url", says="Start page of Redash."),
    ] = None
    api_key: Annotated[
        Secret | None,
        Settable(
            key="redash_api_key",
            says="API key of an administrator of Redash, always the same one.",
        ),
    ] = field(default=None, repr=False)
    database: Annotated[
        Secret | None,
        Settable(
            key="redash_database",
            says="libpq URL of the reader role for the data source Crash-DB, as Redash reaches it.",
            unset="the data source stays as it is",
        ),
    ] = field(default=None, repr=False)
    webhook: Annotated[
        # Who knows the URL of a webhook can write to its channel.
        Secret | None,
        Settable(
            key="redash_webhook",
            says="URL that the alerts of Redash are sent to.",
            unset="destinations and subscriptions stay as they are",
        ),
    ] = field(default=None, repr=False)
