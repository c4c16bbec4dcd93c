"""The verdicts on branches of experiments against their control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from crash_rate_aggregates.assess.channel_fit import KindFit
from crash_rate_aggregates.database.assessments.assessment_rows import VerdictRow
from crash_rate_aggregates.questions.inputs.experiment_days import Experiment
from crash_rate_aggregates.verdicts.arrays import LAGS
from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS
from crash_rate_aggregates.verdicts.releases.branches import branches
from crash_rate_aggregates.verdicts.releases.contrast import Method
from crash_rate_aggregates.verdicts.releases.error_budget import Share, alpha_for
from crash_rate_aggregates.verdicts.releases.judged import CHANGE, judge
from crash_rate_aggregates.verdicts.releases.looks import Look, since
from crash_rate_aggregates.verdicts.releases.version_days import VersionDays
from crash_rate_aggregates.verdicts.releases.wording import verdict_words

_SAME_CLIENTS = 2.0
"""The same clients crash on several days, which a day's burst factor does not know."""


def branch_rows(
    experiments: Sequence[Experiment],
    fits: Mapping[tuple[str, str], Mapping[str, KindFit]],
    day: date,
) -> Iterator[VerdictRow]:
    """Yield the verdict on each branch and headline kind.

    All branches of an evening share one budget of false verdicts for each kind.

    Args:
        experiments: As they are stored on the evening.
        fits: By application and channel, and by kind.
        day: The submission date whose evening it is.
    """
    branches = max(1, sum(len(one.branches) for one in experiments))
    alpha = alpha_for(Share.BESIDE, branches, on_release=True)
    for experiment in experiments:
        of_channel = fits.get((experiment.application, experiment.channel), {})
        for branch in experiment.branches:
            for kind in HEADLINE_KINDS:
                if kind.name in of_channel:
                    phi = of_channel[kind.name].phi
                    yield _row(experiment, branch, kind.name, phi, alpha, day)


def _row(  # noqa: PLR0917  A row has as many sources.
    experiment: Experiment, branch: str, kind: str, phi: float, alpha: float, day: date
) -> VerdictRow:
    control = experiment.control
    sides = _days(experiment, branch, kind), _days(experiment, control, kind)
    first = experiment.first_day.toordinal()
    evenings = [
        _look(*sides, _SAME_CLIENTS * phi, alpha, evening)
        for evening in range(first, first + sides[0].ages)
    ]
    judged, ordinal = evenings[-1].judged, since(evenings)
    begun = date.fromordinal(ordinal) if ordinal else None
    return VerdictRow(
        experiment.application,
        experiment.channel,
        f"{experiment.name}/{branch}",
        f"{experiment.name}/{control}",
        kind,
        Method.BY_LOT,
        is_decisive=True,
        state=judged.state,
        words=verdict_words(judged, begun),
        first_day=experiment.first_day,
        age=(day - experiment.first_day).days,
        since=begun,
        ratio=judged.ratio,
        lower_limit=judged.lower,
        upper_limit=judged.upper,
        crashes=float(experiment.crashes[branch, kind].sum()),
        usage_hours=float(experiment.hours[branch].sum()),
        previous_crashes=float(experiment.crashes[control, kind].sum()),
        previous_usage_hours=float(experiment.hours[control].sum()),
        hours_needed=judged.hours_needed,
        days_needed=judged.days_needed,
        change=judged.change,
        alpha=alpha,
    )


def _look(of_branch: VersionDays, control: VersionDays, phi: float, alpha: float, day: int) -> Look:
    return Look(day, judge(branches(of_branch, control, day, phi=phi), alpha, CHANGE))


def _days(experiment: Experiment, branch: str, kind: str) -> VersionDays:
    """Return a branch by submission date, so that nothing comes late: all stands at lag 0."""
    hours = experiment.hours[branch]
    shape = (hours.shape[0], LAGS, hours.shape[1])
    by_lag, crashes = np.zeros(shape), np.zeros(shape)
    by_lag[:, 0], crashes[:, 0] = hours, experiment.crashes[branch, kind]
    return VersionDays(experiment.first_day.toordinal(), by_lag, crashes)
