"""Credentials of AWS that only boto3 can find: profiles and single sign-on of ~/.aws."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from crash_rate_aggregates.errors import StorageCredentialsError

if TYPE_CHECKING:
    from obstore.auth.boto3 import Boto3CredentialProvider

_KEY = "AWS_ACCESS_KEY_ID"
_PROFILE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
# What a cluster or a container gives its programs: it goes before a profile by default.
_ROLES = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_FILES = {
    "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials",
    "AWS_CONFIG_FILE": "~/.aws/config",
}


def profile_credentials(environment: Mapping[str, str]) -> Boto3CredentialProvider | None:
    """Return boto3's credentials where a profile is named, or lies at hand and nothing else.

    None leaves it to obstore, which looks into environment variables, web identity and the
    metadata services of containers and instances. Keys in the environment go before a profile,
    as in the tools of AWS.

    Raises:
        StorageCredentialsError: The named profile cannot be used, or boto3 is missing.
    """
    if environment.get(_KEY):
        return None
    profile = next(filter(None, map(environment.get, _PROFILE)), None)
    if profile is None and (any(map(environment.get, _ROLES)) or not _has_files(environment)):
        return None
    if find_spec("boto3") is not None:
        return _boto3_credentials(profile)
    if profile is None:
        return None
    raise StorageCredentialsError(
        f"AWS_PROFILE names the profile {profile!r}, and profiles need boto3: install "
        "crash-rate-aggregates[aws], or give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )


def _has_files(environment: Mapping[str, str]) -> bool:
    paths = (environment.get(variable) or default for variable, default in _FILES.items())
    return any(os.path.isfile(os.path.expanduser(path)) for path in paths)


def _boto3_credentials(profile: str | None) -> Boto3CredentialProvider | None:
    # Only here, where a profile is used: boto3 is an extra, and takes long to load.
    import boto3  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415
    from obstore.auth.boto3 import Boto3CredentialProvider  # noqa: PLC0415

    try:
        session = boto3.Session(profile_name=profile)
        if profile is None and session.get_credentials() is None:
            return None
        return Boto3CredentialProvider(session)
    except (BotoCoreError, ValueError) as error:
        raise StorageCredentialsError(
            f"the AWS profile {profile or 'default'!r} cannot be used ({error}): correct "
            "~/.aws/config, log in again, or name another in AWS_PROFILE"
        ) from error
