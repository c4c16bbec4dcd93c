"""What can be set about roles and about how long days are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from crash_rate_aggregates.settable import Secret, Settable


@dataclass(frozen=True, slots=True)
class RetentionOptions:
    """How long days are kept."""

    keep_weeks: Annotated[
        int,
        Settable(says="Weeks of submission dates that `retention` keeps.", least=1, most=10_000),
    ] = 26


@dataclass(frozen=True, slots=True)
class PeopleOptions:
    """What readers may know of few people."""

    min_clients: Annotated[
        int | None,
        Settable(
            says="Groups of fewer active clients are `other` for readers.",
            unset="what the database has, at first 100",
            least=1,
            most=1_000_000,
            page="privacy.md",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class RoleOptions:
    """The roles that `database init` makes."""

    prefix: Annotated[
        str,
        Settable(
            key="role_prefix",
            says="Begins the names of the roles.",
            # With `_owner` behind it, still a name that PostgreSQL does not cut, nor we quote.
            pattern=r"[a-z_][a-z0-9_]{0,50}",
            takes="a name of up to 51 small letters, digits and `_`, no digit first",
        ),
    ] = "crash_rate"
    owner_password: Annotated[
        Secret | None,
        Settable(says="Password that the owner is given.", unset="no new one"),
    ] = field(default=None, repr=False)
    writer_password: Annotated[
        Secret | None,
        Settable(says="Likewise that of the writer, which runs the job.", unset="no new one"),
    ] = field(default=None, repr=False)
    reader_password: Annotated[
        Secret | None,
        Settable(says="Likewise that of the reader, for Redash and people.", unset="no new one"),
    ] = field(default=None, repr=False)

    def passwords(self) -> dict[str, str]:
        """Return the passwords that are set, of `owner`, `writer` and `reader`."""
        given = {
            "owner": self.owner_password,
            "writer": self.writer_password,
            "reader": self.reader_password,
        }
        return {kind: password for kind, password in given.items() if password is not None}
