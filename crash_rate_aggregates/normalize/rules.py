"""The rules, in their order: the first that fits decides. docs/rules.md says them in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from crash_rate_aggregates.dimensions import MAX_LENGTH, Dimension
from crash_rate_aggregates.normalize.client_dates import parse_client_date
from crash_rate_aggregates.normalize.dimension_values import DimensionTexts, scalar_text
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.histograms import child_crashes
from crash_rate_aggregates.normalize.ping import (
    Ignored,
    NormalizedPing,
    minidump_key,
    ping_id,
)
from crash_rate_aggregates.normalize.values import IntegerLiteral, is_string
from crash_rate_aggregates.outcomes import (
    ABSENT_PROCESS_TYPE,
    NO_SCALAR_PROCESS_TYPE,
    OWN_PROCESS_TYPES,
    Adjustment,
    DocType,
    Outcome,
)
from crash_rate_aggregates.stats import MAX_USAGE_SECONDS
from crash_rate_aggregates.submission_dates import parse_submission_date

MAX_ACTIVITY_AGE = timedelta(days=7)
"""Activity before this age counts on its first day, as since 2016."""

_BUILD_ID = re.compile(r"[0-9]{14}", re.ASCII)
_MAJOR_VERSION = re.compile(r"[0-9]+", re.ASCII)
_MAX_VERSION_DIGITS = 18
_SENT_ONCE_SINCE_VERSION = 149
_SENT_ONCE_SINCE_BUILD = "20260128215503"
_MAX_USAGE_DIGITS = len(str(MAX_USAGE_SECONDS))
_IGNORED = {
    (outcome, doc_type): Ignored(outcome, doc_type) for outcome in Outcome for doc_type in DocType
}


class Judge:
    """Judge the pings of one submission date. Verdicts depend on nothing else but the ping."""

    def __init__(self, submission_date: date, dimensions: Sequence[Dimension]) -> None:
        self.submission_date = submission_date
        self.dimensions = tuple(dimensions)
        self._earliest = submission_date - MAX_ACTIVITY_AGE
        self._texts = DimensionTexts(dimensions)

    def verdict(self, fields: PingFields) -> NormalizedPing | Ignored:
        """Apply rules 2 to 7, then the adjustments; rule 8 needs the other pings of the day."""
        doc_type = _doc_type(fields)
        if doc_type not in ("main", "crash"):
            return _IGNORED[Outcome.OTHER_DOC_TYPE, _other_doc_type(doc_type)]
        reason = self._submission_date_fault(fields.submission_date) or _build_id_fault(fields)
        if reason:
            return _IGNORED[reason, DocType(doc_type)]
        stated = _activity_date(doc_type, fields)
        if stated is None:
            return _IGNORED[Outcome.BAD_ACTIVITY_DATE, DocType(doc_type)]
        length = fields.subsession_length
        if length is not None and not isinstance(length, IntegerLiteral):
            return _IGNORED[Outcome.BAD_SUBSESSION_LENGTH, DocType(doc_type)]
        return self._normalized(doc_type, stated, fields)

    def _submission_date_fault(self, stated: Any) -> Outcome | None:
        if stated is None:
            return None
        day = parse_submission_date(stated) if is_string(stated) else None
        if day is None:
            return Outcome.BAD_SUBMISSION_DATE
        return None if day == self.submission_date else Outcome.OTHER_SUBMISSION_DATE

    def _normalized(self, doc_type: str, stated: date, fields: PingFields) -> NormalizedPing:
        activity_date, date_adjustment = self._clamped(stated)
        seconds, usage_adjustment = usage_seconds(
            fields.subsession_length, is_main=doc_type == "main"
        )
        dimensions, shortened = self._texts.text(fields.dimensions)
        child = child_crashes(fields.keyed_histograms, fields.with_dump, fields.kill_hard)
        adjustments = date_adjustment | usage_adjustment
        if shortened:
            adjustments |= Adjustment.DIMENSION_SHORTENED.value
        if child.is_bad:
            adjustments |= Adjustment.BAD_HISTOGRAM.value
        by_process = (0, 0, 0, 0) if doc_type == "main" else _crash_ping_stats(fields)
        minidump = minidump_key(fields.minidump_hash) if fields.is_glean else None
        stats = (
            1 if doc_type == "main" else 0,
            seconds,
            by_process[0],
            *child[:5],
            *by_process[1:],
            by_process[0] if fields.is_glean and _was_sent_twice(fields, minidump) else 0,
        )
        return NormalizedPing(
            doc_type,
            activity_date,
            dimensions,
            None if doc_type == "main" else _process_type_name(fields.process_type),
            adjustments,
            stats,
            ping_id(fields.document_id, fields.id),
            minidump,
        )

    def _clamped(self, stated: date) -> tuple[date, int]:
        if stated > self.submission_date:
            return self.submission_date, Adjustment.ACTIVITY_DATE_TOO_LATE.value
        if stated < self._earliest:
            return self._earliest, Adjustment.ACTIVITY_DATE_TOO_EARLY.value
        return stated, 0


def _doc_type(fields: PingFields) -> Any:
    return fields.type if fields.meta_doc_type is None else fields.meta_doc_type


def _other_doc_type(doc_type: Any) -> DocType:
    return DocType.OTHER if is_string(doc_type) else DocType.UNKNOWN


def _build_id_fault(fields: PingFields) -> Outcome | None:
    build_id = fields.build_id
    is_good = is_string(build_id) and _BUILD_ID.fullmatch(build_id)
    return None if is_good else Outcome.BAD_BUILD_ID


def _activity_date(doc_type: str, fields: PingFields) -> date | None:
    """Return the client's date; the first of the two fields that is present decides."""
    first = fields.subsession_start_date if doc_type == "main" else fields.crash_date
    stated = fields.creation_date if first is None else first
    return parse_client_date(stated) if is_string(stated) else None


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


def _crash_ping_stats(fields: PingFields) -> tuple[int, int, int, int]:
    """Return one 1: main, content, content at shutdown, or another process."""
    process_type = fields.process_type
    if process_type is None or process_type == "main":
        return 1, 0, 0, 0
    if process_type == "content":
        at_shutdown = fields.ipc_channel_error == "ShutDownKill"
        return (0, 0, 1, 0) if at_shutdown else (0, 1, 0, 0)
    return 0, 0, 0, 1


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


def _process_type_name(process_type: Any) -> str:
    if process_type is None:
        return ABSENT_PROCESS_TYPE
    text = scalar_text(process_type)
    if text is None:
        return NO_SCALAR_PROCESS_TYPE
    return f'"{text}"' if text in OWN_PROCESS_TYPES else text[:MAX_LENGTH]
