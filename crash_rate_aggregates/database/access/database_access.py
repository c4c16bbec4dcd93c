"""What can be set about the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from crash_rate_aggregates.settable import Secret, Settable, Url


@dataclass(frozen=True, slots=True)
class DatabaseAccess:
    """How the database is reached.

    What is left out is libpq's to find, in PGHOST, ~/.pgpass and so on.
    """

    url: Annotated[
        Url | None,
        Settable(
            key="database", says="libpq URL of the PostgreSQL server.", unset="the embedded server"
        ),
    ] = field(default=None, repr=False)
    """`key=value` text is read too."""
    host: Annotated[
        str | None,
        Settable(key="pg_host", says="Host of the PostgreSQL server.", unset="as libpq finds it"),
    ] = None
    name: Annotated[
        str | None, Settable(key="pg_name", says="Name of the database.", unset="as libpq finds it")
    ] = None
    user: Annotated[
        str | None, Settable(key="pg_username", says="Name of the role.", unset="as libpq finds it")
    ] = None
    password: Annotated[
        Secret | None,
        Settable(
            key="pg_password",
            says="Its password; better in `database_credentials` or `~/.pgpass`.",
            unset="as libpq finds it",
            # The command of 2016 had it, so it works, with a warning. No other secret gets one.
            flag="--pg-password",
        ),
    ] = field(default=None, repr=False)
    credentials: Annotated[
        Url | None,
        Settable(
            key="database_credentials",
            says="Where AWS keeps the password: `s3://bucket/key` or `secretsmanager://name`.",
            page="operations.md#credentials",
        ),
        # Whoever takes it for the password itself must not find it in a traceback.
    ] = field(default=None, repr=False)
