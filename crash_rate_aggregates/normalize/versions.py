"""Versions and build ids, as far as rules go by them."""

from __future__ import annotations

import re
from typing import Any, Final

from crash_rate_aggregates.normalize.values import is_string

_MAJOR_VERSION = re.compile(r"[0-9]+", re.ASCII)
_MAX_DIGITS = 18
"""More are no version: a client can send any text, and converting that takes its time."""
_SENDS_CONTENT_CRASH_PINGS = 58
_FIRST_OF_58: Final = "20170921000000"
_FIRST_SENT_TWICE: Final = "20240917000000"
"""When the crash reporter's Glean application was registered (mozilla/probe-scraper #803)."""
_SENT_ONCE_SINCE_VERSION = 149
_SENT_ONCE_SINCE_BUILD = "20260128215503"


def major_version(version: Any) -> int | None:
    """Return the number that a version begins with, None where it begins with none."""
    digits = _MAJOR_VERSION.match(version) if is_string(version) else None
    return int(digits[0][:_MAX_DIGITS]) if digits else None


def sends_content_crash_pings(version: Any, build_id: str) -> bool:
    """Tell whether a build sends crash pings of content processes, with why they were killed.

    From Firefox 58 on (mozilla/firefox-data-docs, datasets/pings; `ipc_channel_error` in crash.4's
    schema). Where no major version is to be read, by the date at which 58 came to Nightly.
    """
    major = major_version(version)
    if major is None:
        return build_id >= _FIRST_OF_58
    return major >= _SENDS_CONTENT_CRASH_PINGS


def was_sent_by_both(version: Any, build_id: str, since: int | None) -> bool:
    """Tell whether Firefox and its crash reporter both sent a Glean crash ping without a minidump.

    Until the fix in Firefox 149 (bug 2007044; mozilla/bigquery-etl crashing_users_aggregates_v1),
    and since the crash reporter has a Glean ping of its own. Where no major version is to be read,
    the build id alone decides.

    Args:
        version: Of the build.
        build_id: Of it, 14 digits.
        since: The first major version whose crash reporter sends one; None for none at all.
    """
    if since is None:
        return False
    major = major_version(version)
    is_before = build_id < _SENT_ONCE_SINCE_BUILD
    if major is None:
        return is_before and build_id >= _FIRST_SENT_TWICE
    if major == _SENT_ONCE_SINCE_VERSION:
        return is_before
    return since <= major < _SENT_ONCE_SINCE_VERSION
