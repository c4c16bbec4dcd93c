"""From settings and a kept secret to one libpq connection string; the fetching is elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from psycopg.conninfo import make_conninfo

from crash_rate_aggregates.database.access.database_access import DatabaseAccess
from crash_rate_aggregates.database.access.libpq_urls import libpq_settings
from crash_rate_aggregates.errors import BadSettingError, DatabaseCredentialsError

_S3 = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/([^\s?#]+)")
_SECRET = re.compile(r"secretsmanager://((?:arn:[a-z0-9:-]+:secret:)?[A-Za-z0-9/_+=.@-]+)")
_ARN_REGION = re.compile(r"arn:[a-z-]+:secretsmanager:([a-z0-9-]+):")
_KEYWORDS = {
    "password": "password",
    "host": "host",
    "port": "port",
    "user": "user",
    "username": "user",
    "database": "dbname",
    "dbname": "dbname",
}
"""Key in the JSON to libpq's keyword; `username` and `dbname` are those of secrets made by RDS."""


@dataclass(frozen=True, slots=True)
class S3Secret:
    """An object in S3."""

    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class ManagedSecret:
    """A secret in AWS Secrets Manager."""

    name: str
    """Its name or its ARN."""
    region: str | None
    """That of an ARN; None leaves it to the environment."""


SecretPlace = S3Secret | ManagedSecret


def secret_place(reference: str) -> SecretPlace:
    """Read --database-credentials.

    Raises:
        BadSettingError: It is neither form. It is not shown: some write the password itself here.
    """
    if s3 := _S3.fullmatch(reference):
        return S3Secret(s3[1], s3[2])
    if secret := _SECRET.fullmatch(reference):
        region = _ARN_REGION.match(secret[1])
        return ManagedSecret(secret[1], region[1] if region else None)
    raise BadSettingError(
        "the setting database_credentials is no place of a secret: write s3://bucket/key or "
        "secretsmanager://name"
    )


def secret_settings(text: str, reference: str) -> dict[str, str]:
    """Return libpq's settings from a secret's JSON; keys that are not about them are left out.

    Args:
        text: A JSON object with `password`, and maybe host, port, user and database.
        reference: Names the secret in errors, which never show its content.

    Raises:
        DatabaseCredentialsError: It is no such JSON.
    """
    try:
        secret = json.loads(text)
    except ValueError:
        secret = None
    if not isinstance(secret, dict) or not _is_text(secret.get("password")):
        raise DatabaseCredentialsError(
            f'{reference} does not hold JSON like {{"password": "…"}} with a password that is not '
            "empty: store it anew"
        )
    known = {key: secret[key] for key in _KEYWORDS if key in secret}
    given = {key: value for key, value in known.items() if value is not None and value != ""}
    for key, value in given.items():
        if not _is_text(value) and not (key == "port" and type(value) is int):
            raise DatabaseCredentialsError(f"{reference} has a {key} that is no text: store a text")
    return {_KEYWORDS[key]: str(value) for key, value in given.items()}


def database_url(access: DatabaseAccess, fetch: Callable[[SecretPlace], str]) -> str | None:
    """Return the libpq connection string, with the password if one is known; None: no database.

    A secret decides what it holds; the single settings go before the URL.

    Args:
        access: From the settings.
        fetch: Returns the text of a secret.

    Raises:
        BadSettingError: The URL or the place of the secret cannot be read.
        DatabaseCredentialsError: The secret cannot be fetched or used.
    """
    # Nothing is set, so not what libpq would find by itself either: the embedded server is meant.
    if access == DatabaseAccess():
        return None
    settings = libpq_settings(access.url or "") | _single_settings(access)
    if access.credentials is not None:
        place = secret_place(access.credentials)
        settings |= secret_settings(fetch(place), access.credentials)
    # It quotes each value, so that none can bring a further setting with it.
    return make_conninfo("", **settings)


def _single_settings(access: DatabaseAccess) -> dict[str, str]:
    single = {
        "host": access.host,
        "dbname": access.name,
        "user": access.user,
        "password": access.password,
    }
    return {keyword: value for keyword, value in single.items() if value is not None}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != "" and "\0" not in value and value.isprintable()
