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
from crash_rate_aggregates.normalize.ping import (
    Ignored,
    NormalizedPing,
    minidump_key,
    ping_id,
)
from crash_rate_aggregates.normalize.stat_rules import ping_counts
from crash_rate_aggregates.normalize.values import IntegerLiteral, is_string
from crash_rate_aggregates.outcomes import (
    ABSENT_PROCESS_TYPE,
    NO_SCALAR_PROCESS_TYPE,
    OWN_PROCESS_TYPES,
    Adjustment,
    DocType,
    Outcome,
)
from crash_rate_aggregates.stats import row_of
from crash_rate_aggregates.submission_dates import parse_submission_date

MAX_ACTIVITY_AGE = timedelta(days=7)
"""Activity before this age counts on its first day, as since 2016."""

_BUILD_ID = re.compile(r"[0-9]{14}", re.ASCII)
# Made once: a day of strays would else make one a ping.
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
        # A tuple, not a set: what the client sent may be a list, which has no hash.
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
        activity_date, adjustments = self._clamped(stated)
        dimensions, shortened = self._texts.text(fields.dimensions)
        if shortened:
            adjustments |= Adjustment.DIMENSION_SHORTENED.value
        minidump = minidump_key(fields.minidump_hash) if fields.is_glean else None
        counts, count_adjustments = ping_counts(doc_type, fields, minidump)
        # By place and not by name: this is each ping, and the names cost as much as a rule.
        return NormalizedPing(
            doc_type,
            activity_date,
            dimensions,
            None if doc_type == "main" else _process_type_name(fields.process_type),
            adjustments | count_adjustments,
            row_of(counts),
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


def _process_type_name(process_type: Any) -> str:
    if process_type is None:
        return ABSENT_PROCESS_TYPE
    text = scalar_text(process_type)
    if text is None:
        return NO_SCALAR_PROCESS_TYPE
    # In quotes if it is one of our own words: a client must not add to what they count.
    return f'"{text}"' if text in OWN_PROCESS_TYPES else text[:MAX_LENGTH]
