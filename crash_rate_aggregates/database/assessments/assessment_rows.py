"""The rows of an assessment: the fields of each class are the columns of its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class VariationRow:
    """How much crashes of a kind vary in an application's channel."""

    application: str
    channel: str
    kind: str
    burst_factor: float | None
    """Variance of a count over its mean; None where no clients tell it."""
    day_sd: float | None
    """Relative standard deviation of a day beyond counts; None where too few days tell it."""
    days: int
    """Activity dates that tell it."""


@dataclass(frozen=True, slots=True)
class NowcastRow:
    """What is known of an activity date whose pings are still coming in."""

    application: str
    channel: str
    kind: str
    activity_date: date
    days_late: int
    """From the activity date to the assessed day."""
    state: str
    crashes: float
    """So far, as `usage_hours`."""
    usage_hours: float
    crashes_complete: float | None
    """Share that has come in, as expected."""
    hours_complete: float | None
    rate: float | None
    """Corrected, per 1,000 hours, as the limits."""
    lower_limit: float | None
    """Of the rate that the channel had on the date."""
    upper_limit: float | None
    final_lower_limit: float | None
    """Of what the table will show."""
    final_upper_limit: float | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """What was said of a release, a kind of crash, by one method."""

    application: str
    channel: str
    label: str
    previous_label: str | None
    kind: str
    method: str
    is_decisive: bool
    """Whether it is the verdict; the other method's answer stands beside it."""
    state: str
    words: str
    first_day: date
    age: int
    since: date | None
    ratio: float | None
    lower_limit: float | None
    upper_limit: float | None
    crashes: float | None
    usage_hours: float | None
    previous_crashes: float | None
    previous_usage_hours: float | None
    hours_needed: float | None
    days_needed: float | None
    change: float
    alpha: float


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """One segment, or one process and class, of an excess."""

    application: str
    channel: str
    label: str | None
    """The release whose verdict it explains; None for an alarm of the channel."""
    kind: str
    list: str
    """segments or processes."""
    place: int
    """From 1; 0 for the row that says that nothing stands out."""
    segment: Mapping[str, str | None]
    words: str
    crashes: float | None = None
    expected_crashes: float | None = None
    excess: float | None = None
    share: float | None = None
    ratio: float | None = None
    lower_limit: float | None = None
    upper_limit: float | None = None


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm on one evening."""

    alarm_id: str
    application: str
    channel: str
    kind: str
    measure: str
    """rate or hours."""
    begun: date
    """First activity date of it."""
    state: str
    """begun, lit, ended or new level."""
    words: str
    activity_date: date
    observed: float | None
    expected: float | None
    ratio: float | None
    lower_limit: float | None
    """Of the ratio."""
    upper_limit: float | None
    machines: str | None = None
    """Whether few machines or many make the excess."""


@dataclass(frozen=True, slots=True)
class WatchStateRow:
    """What an evening leaves to the next, of one measure."""

    application: str
    channel: str
    kind: str
    measure: str
    state: Mapping[str, Any]
    """As JSON can hold it."""


Row = VariationRow | NowcastRow | VerdictRow | ExplanationRow | AlarmRow | WatchStateRow
ANSWER_TABLES: Final[Mapping[type[Any], str]] = {
    VariationRow: "crash_variation",
    NowcastRow: "crash_nowcasts",
    VerdictRow: "crash_verdicts",
    ExplanationRow: "crash_explanations",
    AlarmRow: "crash_alarms",
    WatchStateRow: "crash_watch_states",
}
"""Where rows of each kind are stored, beside the number of their assessment."""
ASSESSMENTS: Final = "crash_assessments"
ASSESSMENT_TABLES: Final = (ASSESSMENTS, *ANSWER_TABLES.values())
"""What an assessment adds to; nobody changes what is there."""
ACKNOWLEDGED_TABLES: Final = ("crash_acknowledgements", "crash_notifications")
"""What people and `watch --notify` add to."""
