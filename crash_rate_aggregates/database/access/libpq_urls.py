"""The one reader of libpq URLs: none is cut where libpq cuts it and its writer did not mean it."""

from __future__ import annotations

import re

import psycopg
from psycopg.conninfo import conninfo_to_dict

from crash_rate_aggregates.errors import BadSettingError

_URL = re.compile(r"postgres(ql)?://")
_PORTS = re.compile(r"[0-9]{0,5}(,[0-9]{0,5})*")
_PASSWORDS = {"password", "sslpassword"}
"""Keywords of libpq whose values are never shown, so nothing is asked of them."""
_NAMES = ("host", "dbname", "user")
_FURTHER_PASSWORD = re.compile(r"(passw(or)?d|pwd)\s*=", re.IGNORECASE)
"""A password that was not cut off: other drivers put `;` or `,` before it."""


def place(url: str) -> str:
    """Return host, port, database and user in words; what the URL leaves out is libpq's default."""
    defaults = {
        option.keyword.decode(): (option.val or b"").decode(errors="replace")
        for option in psycopg.pq.Conninfo.get_defaults()
    }
    named = {**defaults, **libpq_settings(url)}
    host = named.get("host") or named.get("hostaddr") or "the local socket"
    user = named.get("user", "")
    return (
        f"database {named.get('dbname') or user} as user {user} "
        f"at {host}, port {named.get('port') or '5432'}"
    )


def libpq_settings(url: str, named: str = "the database URL") -> dict[str, str]:
    """Return the settings in a URL or `key=value` text by libpq's keywords.

    Host, database and user are shown in messages and sent to Redash, so a text of which they would
    hold a password, or its rest, is refused.

    Args:
        url: What was given.
        named: What a message calls it.

    Raises:
        BadSettingError: It cannot be read; none of it is shown, as it may be the password.
    """
    try:
        settings = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except (psycopg.Error, ValueError):
        settings = {}
        is_sound = False
    else:
        is_sound = "\0" not in url and not _is_cut_wrong(url, settings) and _has_ports(settings)
    if not is_sound:
        raise BadSettingError(
            f"{named} cannot be read: write postgresql://user:password@host:5432/database "
            "and percent-encode @ / : and % in the password"
        )
    return settings


def _is_cut_wrong(url: str, settings: dict[str, str]) -> bool:
    """Say if a password, or its rest, was taken for something else."""
    host, dbname, user = (settings.get(name, "") for name in _NAMES)
    # A socket in Linux's abstract namespace begins with @; no other host has one in it.
    is_cut_at_sign = "@" in host[1:] or re.search(":.*@", dbname) is not None
    # In a URL an @ or / in the password ends it: its rest is then the host or the database.
    is_cut_url = _URL.match(url) is not None and "@" in host + dbname
    has_url = any("://" in text for text in (host, dbname, user))
    shown = (value for keyword, value in settings.items() if keyword not in _PASSWORDS)
    return is_cut_at_sign or is_cut_url or has_url or any(map(_FURTHER_PASSWORD.search, shown))


def _has_ports(settings: dict[str, str]) -> bool:
    ports = settings.get("port", "")
    return _PORTS.fullmatch(ports) is not None and all(
        not port or 0 < int(port) < 1 << 16 for port in ports.split(",")
    )
