"""Fetch a secret from where AWS keeps it, by the credentials of the machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from crash_rate_aggregates.database.access.credentials import S3Secret, SecretPlace
from crash_rate_aggregates.errors import DatabaseCredentialsError

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_BYTES = 65_536
"""As Secrets Manager; what is longer is not what it should be."""
_DENIED = {"AccessDenied", "AccessDeniedException", "403"}
_ABSENT = {"NoSuchKey", "NoSuchBucket", "ResourceNotFoundException", "404"}


def fetch_secret(place: SecretPlace) -> str:
    """Return a secret's text.

    Raises:
        DatabaseCredentialsError: AWS does not give it; says what it answered.
    """
    try:
        # Only here, where AWS is asked: boto3 is an extra, and takes long to load.
        import boto3  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    except ImportError:
        raise DatabaseCredentialsError(
            "database credentials in AWS need boto3: install crash-rate-aggregates[aws]"
        ) from None
    config = Config(
        connect_timeout=10, read_timeout=30, retries={"mode": "standard", "max_attempts": 5}
    )
    session = boto3.Session()
    try:
        if isinstance(place, S3Secret):
            return _object_text(session.client("s3", config=config), place)
        # boto3 itself takes a region from AWS_DEFAULT_REGION alone.
        region = place.region or os.environ.get("AWS_REGION")
        client = session.client("secretsmanager", region_name=region, config=config)
        return str(client.get_secret_value(SecretId=place.name)["SecretString"])
    except (BotoCoreError, ClientError, KeyError, UnicodeDecodeError) as error:
        raise DatabaseCredentialsError(f"{_shown(place)}: {_reason(error)}") from None


def _object_text(client: Any, place: S3Secret) -> str:
    body = client.get_object(Bucket=place.bucket, Key=place.key)["Body"]
    read: Callable[[int], bytes] = body.read
    # Some editors put a byte order mark before the text.
    return read(_MOST_BYTES).decode("utf-8-sig")


def _shown(place: SecretPlace) -> str:
    if isinstance(place, S3Secret):
        return f"s3://{place.bucket}/{place.key}"
    return f"secretsmanager://{place.name}"


def _reason(error: Exception) -> str:
    """Say what went wrong and what helps; no answer that could hold the secret is repeated."""
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    if code in _ABSENT:
        return f"there is no such secret ({code}): correct --database-credentials, or store it"
    if code in _DENIED:
        return f"it may not be read ({code}): let the job's role read this one secret"
    if code:
        return f"AWS answers {code}: look it up in the manual of the service"
    if isinstance(error, KeyError | UnicodeDecodeError):
        return "it is no text: store JSON"
    return (
        f"AWS cannot be asked ({type(error).__name__}): give the machine a role, or set "
        "AWS_PROFILE and AWS_REGION"
    )
