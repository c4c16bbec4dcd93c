"""The stats of one ping, each by its name: which count which ping adds to which stat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crash_rate_aggregates.normalize.crashes.crash_details import SHUTDOWN_KILL
from crash_rate_aggregates.normalize.crashes.histograms import NO_CHILD_CRASHES, child_crashes
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.values import IntegerLiteral
from crash_rate_aggregates.normalize.versions import sends_content_crash_pings
from crash_rate_aggregates.outcomes import Adjustment
from crash_rate_aggregates.stats import MAX_USAGE_SECONDS, SECONDS_A_TICK

_MAX_USAGE_DIGITS = len(str(MAX_USAGE_SECONDS))
_MAX_TICKS = MAX_USAGE_SECONDS // SECONDS_A_TICK
_NOT_AT_SHUTDOWN = "content_crashes_not_at_shutdown"


def ping_counts(
    doc_type: str, fields: PingFields, *, was_sent_twice: bool
) -> tuple[dict[str, int], int, tuple[tuple[str, int], ...]]:
    """Return what a counted ping adds to each stat by name, the adjustments, child crashes.

    A stat that is left out gets 0. The child crashes are those with a dump, by process.

    Args:
        doc_type: One of `COUNTED_DOC_TYPES`.
        fields: Of the ping; a length in it is an integer, a build id 14 digits.
        was_sent_twice: Whether a crash of the main process was sent under two ids.
    """
    is_usage = doc_type != "crash"
    seconds, adjustments = usage_seconds(fields.subsession_length, is_usage=is_usage)
    counts = {"usage_seconds": seconds}
    if is_usage:
        counts["active_seconds"], adjusted = active_seconds(fields.active_ticks)
        adjustments |= adjusted
    # Of crash pings too: a v4 ping of any type may carry the histograms.
    child = child_crashes(fields.keyed_histograms, fields.with_dump, fields.kill_hard)
    if child is not NO_CHILD_CRASHES:
        counts.update(child.counts)
        if child.is_bad:
            adjustments |= Adjustment.BAD_HISTOGRAM.value
        # From the histograms only of builds that send no crash ping for the same crash.
        if not sends_content_crash_pings(fields.version, fields.build_id):
            counts[_NOT_AT_SHUTDOWN] = _not_at_shutdown(child.counts)
    if is_usage:
        counts["ping_count"] = 1
        return counts, adjustments, child.by_process
    stat = _crash_ping_stat(fields)
    counts[stat] = 1
    if stat == "main_crashes" and was_sent_twice:
        counts["main_crashes_sent_twice"] = 1
    if stat == "content_crash_pings" and sends_content_crash_pings(fields.version, fields.build_id):
        counts[_NOT_AT_SHUTDOWN] = 1
    return counts, adjustments, child.by_process


def usage_seconds(length: IntegerLiteral | None, *, is_usage: bool) -> tuple[int, int]:
    """Return min(max(length, 0), 25 hours) in seconds, and the adjustment that took."""
    if length is None:
        return 0, Adjustment.NO_SUBSESSION_LENGTH.value if is_usage else 0
    if length == "-0":
        return 0, 0
    if length.startswith("-"):
        return 0, Adjustment.NEGATIVE_SUBSESSION_LENGTH.value
    # A literal without leading zeros that is longer is greater: no conversion of 5,000 digits.
    if len(length) > _MAX_USAGE_DIGITS or int(length) > MAX_USAGE_SECONDS:
        return MAX_USAGE_SECONDS, Adjustment.USAGE_CAPPED.value
    return int(length), 0


def active_seconds(ticks: Any) -> tuple[int, int]:
    """Return min(5 * active ticks, 25 hours) in seconds, and the adjustment that took."""
    if ticks is None:
        return 0, 0
    if not isinstance(ticks, IntegerLiteral) or (ticks[0] == "-" and ticks != "-0"):
        return 0, Adjustment.BAD_ACTIVE_TICKS.value
    # As of lengths: a longer literal is greater.
    if len(ticks) > _MAX_USAGE_DIGITS or int(ticks) > _MAX_TICKS:
        return MAX_USAGE_SECONDS, Adjustment.ACTIVE_TIME_CAPPED.value
    return SECONDS_A_TICK * int(ticks), 0


def _not_at_shutdown(counts: Mapping[str, int]) -> int:
    """Return the content crashes of one ping's histograms without the kills among them.

    Never below 0: kills without a dump are no part of what is counted with one.
    """
    crashes, kills = counts.get("content_crashes", 0), counts.get("content_shutdown_crashes", 0)
    return max(crashes - kills, 0)


def _crash_ping_stat(fields: PingFields) -> str:
    """Return the one of `CRASH_PING_STATS` in which a crash ping counts: by its process."""
    process_type = fields.process_type
    if process_type is None or process_type == "main":
        return "main_crashes"
    if process_type == "content":
        at_shutdown = fields.ipc_channel_error == SHUTDOWN_KILL
        return "content_shutdown_crash_pings" if at_shutdown else "content_crash_pings"
    return "other_process_crash_pings"
