"""Which releases of a channel are judged on an evening, against which, and how often it may err."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from crash_rate_aggregates.assess.channel_fit import KindFit
from crash_rate_aggregates.questions.inputs.snapshot import Snapshot
from crash_rate_aggregates.questions.inputs.successions import Release, Succession
from crash_rate_aggregates.verdicts.judged_kinds import JUDGED_KINDS, JudgedKind
from crash_rate_aggregates.verdicts.releases.error_budget import Share, alpha_for
from crash_rate_aggregates.verdicts.releases.judged import CHANGE
from crash_rate_aggregates.verdicts.releases.version_days import MOST_AGES

MOST_EARLIER = 10
"""Earlier pairs of releases that are read for the same days; with 6 the spread between them was too
small, and equal releases were called worse twice as often (docs/statistics/releases.md)."""
MOST_JUDGED = 4
"""Releases of a channel on one evening: nightly has a build a day, and few use last week's."""
MOST_GAP = 42
"""Days between a release and the one before it, beyond which they share no days."""
BOTH_KINDS = "main_and_content_minus_shutdown"
"""The headline that holds the two others."""
_BUDGET_DAYS = 56
_DAYS_OF_MONTH = 30.4
_RELEASE = "release"
_OTHERS = [kind for kind in JUDGED_KINDS if not kind.is_headline]


@dataclass(frozen=True, slots=True)
class ReleaseContext:
    """What is known when the releases of a channel are judged."""

    snapshot: Snapshot
    succession: Succession
    fits: Mapping[str, KindFit]
    """By kind; those of the headlines that the channel has."""
    change: float = CHANGE

    @property
    def verdicts_a_month(self) -> float:
        """Releases that began in the last 56 days, a month, without dot releases; at least 1."""
        first = self.snapshot.day - timedelta(days=_BUDGET_DAYS)
        begun = [
            one
            for one in self.succession.releases
            if one.first_day > first and not one.is_dot_release
        ]
        return max(1.0, len(begun) * _DAYS_OF_MONTH / _BUDGET_DAYS)

    def alpha(self, kind: JudgedKind, release: Release) -> float:
        """Return the error rate of one verdict: two headlines have one each, others share one."""
        is_one = kind.is_headline
        return alpha_for(
            Share.HEADLINE if is_one and kind.name != BOTH_KINDS else Share.BESIDE,
            self.verdicts_a_month,
            on_release=self.succession.channel == _RELEASE,
            sharing=1 if is_one else len(_OTHERS),
            is_dot_release=release.is_dot_release,
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """A release beside another, with all that was read for it."""

    release: Release
    previous: Release
    pairs: tuple[tuple[Release, Release], ...]
    """Earlier ones, the newest first."""

    @property
    def all_pairs(self) -> tuple[tuple[Release, Release], ...]:
        """The pair that is judged, and the earlier ones."""
        return ((self.release, self.previous), *self.pairs)

    @property
    def gap(self) -> int:
        """Days between the two."""
        return (self.release.first_day - self.previous.first_day).days


def judged_releases(context: ReleaseContext) -> list[Compared]:
    """Return the releases that are judged this evening: the newest, and younger ones than 14 days.

    At most the newest 4: of a build that several have replaced, what was said last stays. Those
    without a predecessor are left out: there is nothing to compare them with.
    """
    releases = context.succession.releases
    first = context.snapshot.day - timedelta(days=MOST_AGES - 1)
    newest = releases[-MOST_JUDGED:]
    current = [one for one in newest if one.first_day >= first or one is newest[-1]]
    compared = [compared_with(context, one, context.succession.previous(one)) for one in current]
    return [one for one in compared if one is not None]


def compared_with(
    context: ReleaseContext, release: Release, previous: Release | None
) -> Compared | None:
    """Return the comparison with a release before it; None where there is none."""
    if previous is None:
        return None
    pairs = [
        (new, old)
        for new, old in context.succession.pairs_before(release)
        if (new.first_day - old.first_day).days <= MOST_GAP
        # A dot release changes little and follows soon: such pairs differ otherwise than others.
        and new.is_dot_release == release.is_dot_release
    ]
    return Compared(release, previous, tuple(pairs[:MOST_EARLIER]))
