"""Connect to a bucket of S3, Google Cloud Storage or Azure, by each cloud's own credentials."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.sources.stores.objects.aws_profiles import profile_credentials
from crash_rate_aggregates.sources.stores.objects.storage_options import StorageOptions

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

Connection: TypeAlias = S3Store | GCSStore | AzureStore

_FIRST_PAUSE = timedelta(milliseconds=100)
_LONGEST_PAUSE = timedelta(seconds=15)
_REQUEST_TIMEOUT = timedelta(days=1)
"""Not a limit: silence is what ends a request. A large object takes as long as its pings."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, which Azure calls a container."""

    scheme: str
    """One of `SCHEMES`."""
    name: str
    options: StorageOptions

    @property
    def url(self) -> str:
        """The bucket as people write it."""
        return f"{self.scheme}://{self.name}"

    @property
    def endpoint(self) -> str | None:
        """Where the server is said to be, None for the cloud's own."""
        variables = _CLOUDS[self.scheme].endpoint_variables
        named = (os.environ.get(variable) for variable in variables)
        return self.options.endpoint or next(filter(None, named), None)

    def connect(self) -> Connection:
        """Return this process's connection to the bucket; no request is sent yet.

        Raises:
            StorageCredentialsError: The AWS profile cannot be used.
            BadSettingError: The settings do not suffice to find the bucket.
        """
        return _connection(self, os.getpid())


@lru_cache
def _connection(bucket: Bucket, _process: int) -> Connection:
    """Connect once a process: a connection does not survive a fork."""
    options, cloud = bucket.options, _CLOUDS[bucket.scheme]
    client: ClientConfig = {
        # A host that does not answer at once will not: retries find it again sooner.
        "connect_timeout": timedelta(seconds=min(options.timeout_seconds, 10)),
        "read_timeout": timedelta(seconds=options.timeout_seconds),
        "timeout": _REQUEST_TIMEOUT,
        # Never by itself: credentials would cross the network in the open.
        "allow_http": (bucket.endpoint or "").startswith("http://"),
    }
    retry: RetryConfig = {
        "max_retries": options.retries,
        "backoff": {"init_backoff": _FIRST_PAUSE, "max_backoff": _LONGEST_PAUSE, "base": 2},
    }
    settings = cloud.settings(options)
    if options.anonymous:
        settings["skip_signature"] = True
    try:
        return cloud.connect(bucket.name, client_options=client, retry_config=retry, **settings)
    except BaseError as error:
        reason = str(error).partition("\n")[0]
        raise BadSettingError(
            f"{bucket.url!r} cannot be reached with these settings ({reason}): correct them as "
            "docs/sources.md says"
        ) from error


def _s3_settings(options: StorageOptions) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    provider = None if options.anonymous else profile_credentials(os.environ)
    if provider is not None:
        settings["credential_provider"] = provider
    if options.endpoint:
        # This one goes before what AWS_ENDPOINT_URL_S3 says.
        settings["aws_endpoint_url_s3"] = options.endpoint
    if options.region:
        settings["region"] = options.region
    return settings


def _google_settings(options: StorageOptions) -> dict[str, Any]:
    return {"base_url": options.endpoint} if options.endpoint else {}


def _azure_settings(options: StorageOptions) -> dict[str, Any]:
    return {"endpoint": options.endpoint} if options.endpoint else {}


@dataclass(frozen=True, slots=True)
class _Cloud:
    connect: Callable[..., Connection]
    settings: Callable[[StorageOptions], dict[str, Any]]
    endpoint_variables: tuple[str, ...]
    """Environment variables that name a server, the first one that is set decides."""


_CLOUDS: Mapping[str, _Cloud] = {
    "s3": _Cloud(
        S3Store,
        _s3_settings,
        ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    ),
    "gs": _Cloud(GCSStore, _google_settings, ("GOOGLE_BASE_URL",)),
    "az": _Cloud(AzureStore, _azure_settings, ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT")),
}
SCHEMES = tuple(_CLOUDS)
"""What the URL of a bucket begins with."""
