"""The rules, in their order: the first that fits decides. docs/rules.md says them in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from crash_rate_aggregates.applications import (
    KNOWN_APPLICATIONS,
    Application,
    ApplicationNames,
)
from crash_rate_aggregates.dimensions import (
    BUILD_ID_PATH,
    CHANNEL_PATH,
    MAX_LENGTH,
    VERSION_PATH,
    Dimension,
    Path,
)
from crash_rate_aggregates.normalize.build import BuildOfPing, build_of_crash, is_build_id
from crash_rate_aggregates.normalize.client import ClientExperiments, Labels, client_of
from crash_rate_aggregates.normalize.client_dates import parse_client_date
from crash_rate_aggregates.normalize.crashes.crash_details import crash_details
from crash_rate_aggregates.normalize.crashes.stat_rules import ping_counts
from crash_rate_aggregates.normalize.dimension_values import DimensionTexts, scalar_text
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.ping import (
    Ignored,
    NormalizedPing,
    minidump_key,
    pair_key,
    ping_id,
)
from crash_rate_aggregates.normalize.source_tags import is_automation
from crash_rate_aggregates.normalize.values import IntegerLiteral, is_string
from crash_rate_aggregates.normalize.versions import major_version, was_sent_by_both
from crash_rate_aggregates.outcomes import (
    ABSENT_PROCESS_TYPE,
    COUNTED_DOC_TYPES,
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

_NAMES = 1_000
_OTHERS_CARRIED = ("00", "01", "10", "11")
"""The digits of `CARRIED_FIELDS`, as a number of two bits."""
# Made once: a day of strays would else make one a ping.
_IGNORED = {
    (outcome, doc_type): Ignored(outcome, doc_type) for outcome in Outcome for doc_type in DocType
}


class _Told(NamedTuple):
    """What is known of an application by what a ping calls it."""

    name: str | None = None
    """What people call it, at most 200 code points."""
    usage_ping: str = "main"
    """Which ping carries its usage."""


_NOTHING_TOLD = _Told()


class _ShownNames:
    """What people call the applications of pings, kept ready: few are asked for again and again."""

    def __init__(self, applications: ApplicationNames) -> None:
        self._applications = applications
        self._told: dict[str, _Told] = {}

    def known(self, said: Any) -> Application | None:
        """Return the application that a ping names, None for none and for an unknown one."""
        return self._applications.known(said) if is_string(said) else None

    def told(self, said: Any) -> _Told:
        """Return what is known of the application that a ping names; of none, nothing."""
        if not is_string(said):
            return _NOTHING_TOLD
        told = self._told.get(said)
        if told is None:
            application = self._applications.known(said)
            name = (scalar_text(self._applications.name_of(said)) or "")[:MAX_LENGTH]
            told = _Told(name, "main" if application is None else application.usage_ping)
            # Bounded, and without what a hostile ping made long.
            if len(self._told) < _NAMES and len(said) <= MAX_LENGTH:
                self._told[said] = told
        return told


class Judge:
    """Judge the pings of one submission date. Verdicts depend on nothing else but the ping."""

    def __init__(
        self,
        submission_date: date,
        dimensions: Sequence[Dimension],
        applications: Sequence[Application] = KNOWN_APPLICATIONS,
        *,
        counts_automation: bool = False,
    ) -> None:
        self.submission_date = submission_date
        self.dimensions = tuple(dimensions)
        self._earliest = submission_date - MAX_ACTIVITY_AGE
        names = ApplicationNames(applications)
        self._names = _ShownNames(names)
        self._counts_automation = counts_automation
        self._texts = DimensionTexts(dimensions, names)
        self._labels = Labels()
        self._experiments = ClientExperiments()

    def verdict(self, fields: PingFields) -> NormalizedPing | Ignored:
        """Apply the rules that need no other ping of the day, then the adjustments."""
        doc_type = _doc_type(fields)
        # A tuple, not a set: what the client sent may be a list, which has no hash.
        if doc_type not in COUNTED_DOC_TYPES or self._is_no_usage_ping(doc_type, fields):
            return _other_doc_type(doc_type)
        reason = self._fault_of_server(fields)
        if reason:
            return _IGNORED[reason, DocType(doc_type)]
        build = _build(doc_type, fields)
        # A baseline ping counts without one: applications for Android name none of Gecko's in it.
        if doc_type != "baseline" and not is_build_id(
            fields.build_id if build is None else build.build_id
        ):
            return _IGNORED[Outcome.BAD_BUILD_ID, DocType(doc_type)]
        stated = _activity_date(doc_type, fields)
        if stated is None:
            return _IGNORED[Outcome.BAD_ACTIVITY_DATE, DocType(doc_type)]
        length = fields.subsession_length
        if length is not None and not isinstance(length, IntegerLiteral):
            return _IGNORED[Outcome.BAD_SUBSESSION_LENGTH, DocType(doc_type)]
        return self._normalized(doc_type, stated, fields, build)

    def _is_no_usage_ping(self, doc_type: str, fields: PingFields) -> bool:
        """Tell whether the usage of the ping's application is carried by another kind of ping."""
        if doc_type == "crash":
            return False
        return doc_type != self._names.told(fields.application).usage_ping

    def _fault_of_server(self, fields: PingFields) -> Outcome | None:
        """Return why what the server says of the ping leaves it out, None where nothing does."""
        if fields.submission_date is not None:
            stated = fields.submission_date
            day = parse_submission_date(stated) if is_string(stated) else None
            if day is None:
                return Outcome.BAD_SUBMISSION_DATE
            if day != self.submission_date:
                return Outcome.OTHER_SUBMISSION_DATE
        if fields.source_tags is None or self._counts_automation:
            return None
        return Outcome.AUTOMATION if is_automation(fields.source_tags) else None

    def _normalized(
        self, doc_type: str, stated: date, fields: PingFields, build: BuildOfPing | None
    ) -> NormalizedPing:
        activity_date, adjustments = self._clamped(stated)
        if build is not None:
            # As if the environment had said it: nothing that follows need know.
            fields = self._of_build(fields, build)
            if doc_type == "crash":
                adjustments |= Adjustment.OTHER_BUILDS_ENVIRONMENT.value
        if fields.source_tags is not None and is_automation(fields.source_tags):
            adjustments |= Adjustment.AUTOMATION_COUNTED.value
        dimensions, carried, is_shortened, cut = self._texts.text(fields.dimensions)
        if is_shortened:
            adjustments |= Adjustment.DIMENSION_SHORTENED.value
        minidump = pair = process_type = details = None
        was_sent_twice = False
        if doc_type == "crash":
            process_type = _process_type_name(fields.process_type)
            details = crash_details(process_type, fields)
            minidump = minidump_key(fields.minidump_hash)
            if minidump is None:
                pair = self._pair(fields, process_type)
                was_sent_twice = fields.is_glean and self._was_sent_twice(fields)
        counts, count_adjustments, children = ping_counts(
            doc_type, fields, was_sent_twice=was_sent_twice
        )
        client = client_of(fields.client_id)
        # By place and not by name: this is each ping, and the names cost as much as a rule.
        return NormalizedPing(
            doc_type,
            activity_date,
            dimensions,
            process_type,
            adjustments | count_adjustments,
            row_of(counts),
            client,
            self._labels.of(fields.display_version),
            self._experiments.of(fields),
            children,
            details,
            ping_id(fields.document_id, fields.id),
            minidump,
            fields.is_glean,
            pair,
            self._names.told(fields.application).name,
            carried + _OTHERS_CARRIED[2 * (client is not None) + (fields.active_ticks is not None)],
            cut,
        )

    def _clamped(self, stated: date) -> tuple[date, int]:
        if stated > self.submission_date:
            return self.submission_date, Adjustment.ACTIVITY_DATE_TOO_LATE.value
        if stated < self._earliest:
            return self._earliest, Adjustment.ACTIVITY_DATE_TOO_EARLY.value
        return stated, 0

    def _of_build(self, fields: PingFields, build: BuildOfPing) -> PingFields:
        """Return the fields with another build in place of that which the ping's place names."""
        said: dict[Path, Any] = {VERSION_PATH: build.version, BUILD_ID_PATH: build.build_id}
        if build.channel is not None:
            said[CHANNEL_PATH] = build.channel
        dimensions = tuple(
            scalar_text(said[dimension.path]) if dimension.path in said else value
            for dimension, value in zip(self.dimensions, fields.dimensions, strict=True)
        )
        return fields._replace(
            version=build.version, build_id=build.build_id, dimensions=dimensions
        )

    def _pair(self, fields: PingFields, process_type: str) -> bytes | None:
        """Return the key by which a crash meets its other ping, None where it can have none."""
        application = self._names.known(fields.application)
        if application is None or application.sends_both_since is None:
            return None
        major = major_version(fields.version)
        if major is None or major < application.sends_both_since:
            return None
        process = "main" if process_type == ABSENT_PROCESS_TYPE else process_type
        return pair_key(application.name, fields.build_id, process)

    def _was_sent_twice(self, fields: PingFields) -> bool:
        application = self._names.known(fields.application)
        since = None if application is None else application.sends_twice_since
        return was_sent_by_both(fields.version, fields.build_id, since)


def _build(doc_type: str, fields: PingFields) -> BuildOfPing | None:
    """Return the build that the ping's own place of it does not name, None where that holds."""
    if doc_type == "crash":
        return build_of_crash(fields)
    if doc_type == "baseline" and not is_build_id(fields.build_id):
        return BuildOfPing(fields.version, None, None)
    # Main pings are nearly all, and name their own build.
    return None


def _doc_type(fields: PingFields) -> Any:
    return fields.type if fields.meta_doc_type is None else fields.meta_doc_type


def _other_doc_type(doc_type: Any) -> Ignored:
    if not is_string(doc_type):
        return _IGNORED[Outcome.OTHER_DOC_TYPE, DocType.UNKNOWN]
    # Cut first, so that a text of megabytes is not kept.
    return _named_doc_type(doc_type[:MAX_LENGTH])


@lru_cache(maxsize=256)
def _named_doc_type(says: str) -> Ignored:
    return Ignored(Outcome.OTHER_DOC_TYPE, DocType.OTHER, scalar_text(says))


def _activity_date(doc_type: str, fields: PingFields) -> date | None:
    """Return the client's date; the first of the two fields that is present decides."""
    first = fields.crash_date if doc_type == "crash" else fields.subsession_start_date
    stated = fields.creation_date if first is None else first
    return parse_client_date(stated) if is_string(stated) else None


def _process_type_name(process_type: Any) -> str:
    if process_type is None:
        return ABSENT_PROCESS_TYPE
    text = scalar_text(process_type)
    if text is None:
        return NO_SCALAR_PROCESS_TYPE
    # What follows is a site, as in `webIsolated=https://example.com`: nobody's business here.
    text = text.partition("=")[0]
    # In quotes if it is one of our own words: a client must not add to what they count.
    return f'"{text}"' if text in OWN_PROCESS_TYPES else text[:MAX_LENGTH]
