"""What can be set about object storage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from crash_rate_aggregates.settable import Settable, WebUrl


@dataclass(frozen=True, slots=True)
class StorageOptions:
    """How object storage is reached."""

    endpoint: Annotated[
        WebUrl | None,
        Settable(
            key="storage_endpoint",
            says="URL of the object storage, like that of an S3-compatible server.",
            unset="the cloud's own",
        ),
    ] = None
    region: Annotated[
        str | None,
        Settable(
            key="storage_region",
            says="Region of an S3 bucket, like `us-west-2`.",
            unset="as AWS is configured",
            pattern=r"[a-z0-9-]+",
            takes="a region like `us-west-2`",
        ),
    ] = None
    anonymous: Annotated[
        bool,
        Settable(key="storage_anonymous", says="Read public buckets, without credentials."),
    ] = False
    retries: Annotated[
        int,
        Settable(
            key="storage_retries",
            says="Times that a request to object storage is tried again.",
            least=0,
            most=100,
        ),
    ] = 10
    """Also of each broken stream; pauses double from 0.1 up to 15 seconds."""
    timeout_seconds: Annotated[
        float,
        Settable(
            key="storage_timeout",
            says="Seconds of silence after which object storage is asked again.",
            above=0,
            most=3600,
        ),
    ] = 60
    """Also of connecting, where 10 are enough."""


USUAL_STORAGE = StorageOptions()
"""What is used where nothing is set."""
