"""The stats of one ping, each by its name: which count which ping adds to which stat."""

from __future__ import annotations

import re

from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.histograms import NO_CHILD_CRASHES, child_crashes
from crash_rate_aggregates.normalize.values import IntegerLiteral, is_string
from crash_rate_aggregates.outcomes import Adjustment
from crash_rate_aggregates.stats import MAX_USAGE_SECONDS

_MAJOR_VERSION = re.compile(r"[0-9]+", re.ASCII)
_MAX_VERSION_DIGITS = 18
"""More are no version: a client can send any text, and converting that takes its time."""
_SENT_ONCE_SINCE_VERSION = 149
_SENT_ONCE_SINCE_BUILD = "20260128215503"
_MAX_USAGE_DIGITS = len(str(MAX_USAGE_SECONDS))


def ping_counts(
    doc_type: str, fields: PingFields, minidump: bytes | None
) -> tuple[dict[str, int], int]:
    """Return what a counted ping adds to each stat, by name, and the adjustments that took.

    A stat that is left out gets 0.

    Args:
        doc_type: `main` or `crash`.
        fields: Of the ping; a length in it is an integer.
        minidump: By which a Glean crash's copies are known, if it has one.
    """
    is_main = doc_type == "main"
    seconds, adjustments = usage_seconds(fields.subsession_length, is_main=is_main)
    counts = {"usage_seconds": seconds}
    # Of crash pings too: a v4 ping of any type may carry the histograms.
    child = child_crashes(fields.keyed_histograms, fields.with_dump, fields.kill_hard)
    if child is not NO_CHILD_CRASHES:
        counts.update(child.counts)
        if child.is_bad:
            adjustments |= Adjustment.BAD_HISTOGRAM.value
    if is_main:
        counts["ping_count"] = 1
        return counts, adjustments
    stat = _crash_ping_stat(fields)
    counts[stat] = 1
    if stat == "main_crashes" and fields.is_glean and _was_sent_twice(fields, minidump):
        counts["main_crashes_sent_twice"] = 1
    return counts, adjustments


def usage_seconds(length: IntegerLiteral | None, *, is_main: bool) -> tuple[int, int]:
    """Return min(max(length, 0), 25 hours) in seconds, and the adjustment that took."""
    if length is None:
        return 0, Adjustment.NO_SUBSESSION_LENGTH.value if is_main else 0
    if length == "-0":
        return 0, 0
    if length.startswith("-"):
        return 0, Adjustment.NEGATIVE_SUBSESSION_LENGTH.value
    # A literal without leading zeros that is longer is greater: no conversion of 5,000 digits.
    if len(length) > _MAX_USAGE_DIGITS or int(length) > MAX_USAGE_SECONDS:
        return MAX_USAGE_SECONDS, Adjustment.USAGE_CAPPED.value
    return int(length), 0


def _crash_ping_stat(fields: PingFields) -> str:
    """Return the one of `CRASH_PING_STATS` in which a crash ping counts: by its process."""
    process_type = fields.process_type
    if process_type is None or process_type == "main":
        return "main_crashes"
    if process_type == "content":
        at_shutdown = fields.ipc_channel_error == "ShutDownKill"
        return "content_shutdown_crash_pings" if at_shutdown else "content_crash_pings"
    return "other_process_crash_pings"


def _was_sent_twice(fields: PingFields, minidump: bytes | None) -> bool:
    """Tell whether a Glean main crash was sent by the crash reporter and by Firefox, under two ids.

    Without a minidump, and from builds before the fix in Firefox 149 (bug 2007044; mozilla/
    bigquery-etl crashing_users_aggregates_v1). Where no major version is to be read, the build id
    alone decides.
    """
    if minidump is not None:
        return False
    digits = _MAJOR_VERSION.match(fields.version) if is_string(fields.version) else None
    major = int(digits[0][:_MAX_VERSION_DIGITS]) if digits else _SENT_ONCE_SINCE_VERSION
    is_before = bool(fields.build_id < _SENT_ONCE_SINCE_BUILD)
    return major < _SENT_ONCE_SINCE_VERSION or (major == _SENT_ONCE_SINCE_VERSION and is_before)
