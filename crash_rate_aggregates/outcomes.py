"""What can become of a ping, how a counted one can be adjusted, and what crashed: each named once.

The words are those of docs/rules.md and of the ledger in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntFlag, StrEnum
from typing import Final

RULES_VERSION = 3
"""Raised with every change after which the same pings give other numbers; each run records it."""


class Outcome(StrEnum):
    """The verdict on one ping; the rules are tried in this order, the first that fits decides."""

    UNREADABLE = "unreadable"
    OTHER_DOC_TYPE = "other_doc_type"
    BAD_SUBMISSION_DATE = "bad_submission_date"
    OTHER_SUBMISSION_DATE = "other_submission_date"
    AUTOMATION = "automation"
    BAD_BUILD_ID = "bad_build_id"
    BAD_ACTIVITY_DATE = "bad_activity_date"
    BAD_SUBSESSION_LENGTH = "bad_subsession_length"
    DUPLICATE = "duplicate"
    ALSO_SENT_AS_GLEAN = "also_sent_as_glean"
    COUNTED = "counted"


OUTCOME_DESCRIPTIONS = {
    Outcome.UNREADABLE: "Not one JSON object that its format can decode.",
    Outcome.OTHER_DOC_TYPE: "Ignored: neither a `crash` ping nor its application's usage ping, "
    "which is `main` or `baseline`.",
    Outcome.BAD_SUBMISSION_DATE: "Ignored: meta.submissionDate is no date from 2000 to 2199.",
    Outcome.OTHER_SUBMISSION_DATE: "Ignored: meta.submissionDate is another day than the folder's.",
    Outcome.AUTOMATION: "Ignored: sent by Mozilla's automation, as its source tags say.",
    Outcome.BAD_BUILD_ID: "Ignored: a main or crash ping whose build id is not 14 digits.",
    Outcome.BAD_ACTIVITY_DATE: "Ignored: no date says when the client was active.",
    Outcome.BAD_SUBSESSION_LENGTH: "Ignored: the session length is there and no integer.",
    Outcome.DUPLICATE: "Another ping of the day with the same doc type and id, or the same "
    "minidump, is counted.",
    Outcome.ALSO_SENT_AS_GLEAN: "A v4 crash ping without a minidump's hash, of a build and process "
    "of which at least as many Glean ones are counted.",
    Outcome.COUNTED: "In the table.",
}
"""One sentence for each outcome."""


class DocType(StrEnum):
    """How the ledger divides pings."""

    MAIN = "main"
    BASELINE = "baseline"
    CRASH = "crash"
    OTHER = "other"
    UNKNOWN = "unknown"


USAGE_DOC_TYPES = (DocType.MAIN, DocType.BASELINE)
"""Pings that say how long an application was used; each application has one of them."""
COUNTED_DOC_TYPES = (*USAGE_DOC_TYPES, DocType.CRASH)
"""Pings that the rules judge; all others are other doc types."""


class Adjustment(IntFlag):
    """What was put right in a counted ping; a ping carries each at most once."""

    ACTIVITY_DATE_TOO_EARLY = 1
    ACTIVITY_DATE_TOO_LATE = 2
    USAGE_CAPPED = 4
    NEGATIVE_SUBSESSION_LENGTH = 8
    NO_SUBSESSION_LENGTH = 16
    BAD_HISTOGRAM = 32
    DIMENSION_SHORTENED = 64
    AUTOMATION_COUNTED = 128
    OTHER_BUILDS_ENVIRONMENT = 256
    ACTIVE_TIME_CAPPED = 512
    BAD_ACTIVE_TICKS = 1024


ADJUSTMENT_DESCRIPTIONS = {
    Adjustment.ACTIVITY_DATE_TOO_EARLY: "Over 7 days before submission: counted 7 days before.",
    Adjustment.ACTIVITY_DATE_TOO_LATE: "After submission: counted on the submission date.",
    Adjustment.USAGE_CAPPED: "A session over 25 hours counts as 25 hours.",
    Adjustment.NEGATIVE_SUBSESSION_LENGTH: "A negative session length counts as 0 seconds.",
    Adjustment.NO_SUBSESSION_LENGTH: "A main ping without a session length counts 0 seconds.",
    Adjustment.BAD_HISTOGRAM: "A crash count that is no integer from 0 to 2^31-1 counts as 0.",
    Adjustment.DIMENSION_SHORTENED: "A dimension value was cut to its first 200 code points.",
    Adjustment.AUTOMATION_COUNTED: "Sent by Mozilla's automation, and counted as the settings say.",
    Adjustment.OTHER_BUILDS_ENVIRONMENT: "A crash ping without an environment of the crash: "
    "version, build id and channel are those that the crash itself named.",
    Adjustment.ACTIVE_TIME_CAPPED: "More than 25 active hours count as 25 hours.",
    Adjustment.BAD_ACTIVE_TICKS: "Active ticks that are no integer from 0 on count as 0.",
}
"""One sentence for each adjustment."""


ABSENT_PROCESS_TYPE = "absent"
"""What the ledger says where a crash ping names no process: the main one."""
NO_SCALAR_PROCESS_TYPE = "no scalar"
"""What it says of an object or an array."""
OTHERS = "all others"
"""What it says of those that are too rare to be named."""
OWN_PROCESS_TYPES = frozenset({ABSENT_PROCESS_TYPE, NO_SCALAR_PROCESS_TYPE, OTHERS})
"""Words of ours: a client's that is the same stands in quotes, so that the two are never added."""

MAIN_PROCESS: Final = "main"
CONTENT_PROCESS: Final = "content"
UTILITY_PROCESS: Final = "utility"
PROCESS_TYPES: Mapping[str, str] = {
    MAIN_PROCESS: "The browser itself.",
    CONTENT_PROCESS: "Web pages.",
    "gpu": "Drawing.",
    "rdd": "Decoding of media.",
    "socket": "Network connections.",
    UTILITY_PROCESS: "Small services, each by the actors that it runs.",
    "gmplugin": "Media plugins, like those for protected films.",
    "vr": "Virtual reality.",
    "forkserver": "Starts the other processes on Linux.",
    "plugin": "NPAPI plugins like Flash, until Firefox 85.",
}
"""By name, as pings have it (xpcom/geckoprocesstypes of mozilla-firefox/firefox), what each does.
Others stand by whatever name they send."""


class CrashClass(StrEnum):
    """What kind of crash it was: a kill at shutdown, else the first that fits, in this order."""

    OUT_OF_MEMORY = "out of memory"
    BACKGROUND_TASK = "background task"
    SHUTDOWN_HANG = "shutdown hang"
    SHUTDOWN_KILL = "shutdown kill"
    NONE = "none"


CRASH_CLASS_DESCRIPTIONS: Mapping[CrashClass, str] = {
    CrashClass.OUT_OF_MEMORY: "An allocation failed: the crash says of how many bytes.",
    CrashClass.BACKGROUND_TASK: "In a background task, with no window.",
    CrashClass.SHUTDOWN_HANG: "Ended by Firefox itself, as shutting down or the quota manager took "
    "too long.",
    CrashClass.SHUTDOWN_KILL: "A child process that was killed at shutdown: in no rate.",
    CrashClass.NONE: "None of these.",
}
"""One sentence for each class. The first three, in this order, are Mozilla's (looker-hub,
crash_counts)."""


class CrashSource(StrEnum):
    """What told of a crash. The same crash is in both: sources are never added."""

    CRASH_PING = "crash ping"
    HISTOGRAM = "histogram"


CRASH_SOURCE_DESCRIPTIONS: Mapping[CrashSource, str] = {
    CrashSource.CRASH_PING: "One ping a crash.",
    CrashSource.HISTOGRAM: "SUBPROCESS_CRASHES_WITH_DUMP of main pings, which has no classes.",
}
