"""The verdicts on the releases of one channel on one evening."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from crash_rate_aggregates.assess.channel_fit import KindFit
from crash_rate_aggregates.assess.judged_releases import (
    BOTH_KINDS,
    MOST_GAP,
    Compared,
    ReleaseContext,
)
from crash_rate_aggregates.database.assessments.assessment_rows import VerdictRow
from crash_rate_aggregates.questions.inputs.client_days import user_days
from crash_rate_aggregates.questions.inputs.strata import Strata, read_strata
from crash_rate_aggregates.questions.inputs.successions import Release
from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.judged_kinds import (
    JUDGED_KINDS,
    USER_DAYS,
    CountedBy,
    JudgedKind,
)
from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.equal_age import drifts_over
from crash_rate_aggregates.verdicts.releases.judged import Judged, State, data_problem, judge
from crash_rate_aggregates.verdicts.releases.looks import Channel, contrasts, looks, since
from crash_rate_aggregates.verdicts.releases.same_days import EarlierPairs, Pair
from crash_rate_aggregates.verdicts.releases.version_days import MOST_AGES, VersionDays
from crash_rate_aggregates.verdicts.releases.wording import verdict_words

_ASSUMED_DRIFT = 0.08
"""Standard deviation of a channel's log rate between two releases."""
_LEAST_HISTORY = 28
"""Complete dates, beside those between two releases, from which on it is measured."""
_USER_DAYS_PHI = 2.0
"""The same clients come again on other days, which sums of days cannot tell."""


def verdict_rows(context: ReleaseContext, compared: Sequence[Compared]) -> Iterator[VerdictRow]:
    """Yield the verdicts on releases, for each kind and method.

    Args:
        context: Of the channel.
        compared: From `judged_releases`.
    """
    if not compared:
        return
    wanted = [release for one in compared for pair in one.all_pairs for release in pair]
    gaps = [(new.first_day - old.first_day).days for one in compared for new, old in one.all_pairs]
    # Of a pair's older one as many days as both have in common, and no more than that.
    ages = MOST_AGES + min(max(gaps), MOST_GAP)
    pairs = [release for one in compared for release in (one.release, one.previous)]
    strata = read_strata(context.snapshot, context.succession, wanted, ages, judged=pairs)
    people = user_days(context.snapshot, context.succession, pairs, MOST_AGES)
    versions = {kind: _Versions(kind, strata, people) for kind in JUDGED_KINDS}
    for one in compared:
        for kind in JUDGED_KINDS:
            yield from _of_kind(context, one, kind, versions[kind])


@dataclass(frozen=True, slots=True)
class _Versions:
    """Where the days of releases are found, for one kind."""

    kind: JudgedKind
    strata: Strata
    people: Mapping[str, VersionDays]
    _known: dict[str, VersionDays] = field(default_factory=dict)
    """By label: each release stands in many pairs."""

    def of(self, release: Release) -> VersionDays:
        if self.kind is USER_DAYS:
            return self.people[release.label]
        if release.label not in self._known:
            self._known[release.label] = self.strata.version(release.label, self.kind.name)
        return self._known[release.label]

    def pair(self, new: Release, old: Release) -> Pair:
        return Pair(self.of(new), self.of(old))


def _of_kind(
    context: ReleaseContext, compared: Compared, kind: JudgedKind, versions: _Versions
) -> Iterator[VerdictRow]:
    fit = context.fits.get(kind.name if kind.is_headline else BOTH_KINDS)
    pair = versions.pair(compared.release, compared.previous)
    # Of a kind that the application does not send at all nothing is said.
    if fit is None or not (pair.new.crashes.any() or pair.old.crashes.any()):
        return
    earlier = [versions.pair(new, old) for new, old in compared.pairs] if kind.is_headline else []
    channel = _channel(fit, kind, compared.gap)
    today = context.snapshot.day.toordinal()
    alpha = context.alpha(kind, compared.release)
    found = contrasts(pair, EarlierPairs(earlier), channel, today, alpha)
    for contrast in found or (None,):
        judged = judge(contrast, alpha, context.change)
        problem = _problem(context, compared, contrast)
        if problem is not None:
            judged = data_problem(problem, context.change)
        is_decisive = contrast is None or contrast is found[0]
        begun = None
        # Only of these it is asked, and all evenings before are to be judged for it.
        if is_decisive and judged.state in (State.WORSE, State.BETTER):
            evenings = looks(pair, earlier, channel, today, alpha=alpha, change=context.change)
            begun = _day(since(evenings))
        yield _row(context, compared, kind, pair, contrast, judged, is_decisive, begun, alpha)


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def _channel(fit: KindFit, kind: JudgedKind, gap: int) -> Channel:
    is_people = kind is USER_DAYS
    return Channel(
        phi=_USER_DAYS_PHI if is_people else fit.phi,
        tau=fit.tau,
        drift=_drift(fit.level_rates, gap),
        late_variance=None if is_people else fit.late_variance,
        weekday_effect=fit.weekday_effects,
    )


def _drift(log_rates: Floats, gap: int) -> Floats:
    """Return how far the channel's rate moves between two releases, assumed of a short history."""
    if len(log_rates) < _LEAST_HISTORY + gap:
        return np.full(7, _ASSUMED_DRIFT)
    return drifts_over(log_rates, gap)


def _problem(context: ReleaseContext, compared: Compared, contrast: Contrast | None) -> str | None:
    """Say which of the release's submission dates is missing: equal age has no answer then."""
    if contrast is None or contrast.method is Method.SAME_DAYS:
        return None
    first = compared.release.first_day
    last = min(context.snapshot.day, first + timedelta(days=MOST_AGES - 1))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    missing = [day for day in days if day not in context.snapshot.runs]
    if not missing:
        return None
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    return f"submission date {missing[0]}{more} is not stored"


def _row(  # noqa: PLR0917  A row has as many sources.
    context: ReleaseContext,
    compared: Compared,
    kind: JudgedKind,
    pair: Pair,
    contrast: Contrast | None,
    judged: Judged,
    is_decisive: bool,
    begun: date | None,
    alpha: float,
) -> VerdictRow:
    release, day = compared.release, context.snapshot.day
    method = Method.EQUAL_AGE if contrast is None else contrast.method
    if kind.counted_by is CountedBy.USER_DAYS:
        method = Method.USER_DAYS
    age = (day - release.first_day).days
    ages = min(age + 1, MOST_AGES)
    return VerdictRow(
        context.succession.application,
        context.succession.channel,
        release.label,
        compared.previous.label,
        kind.name,
        method,
        is_decisive,
        judged.state,
        verdict_words(judged, begun),
        release.first_day,
        age,
        begun,
        judged.ratio,
        judged.lower,
        _finite(judged.upper),
        *_sums(pair.new, ages),
        *_sums(pair.old, ages),
        _finite(judged.hours_needed),
        _finite(judged.days_needed),
        judged.change,
        alpha,
    )


def _sums(version: VersionDays, ages: int) -> tuple[float, float]:
    return float(version.crashes[:ages].sum()), float(version.hours[:ages].sum())


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
