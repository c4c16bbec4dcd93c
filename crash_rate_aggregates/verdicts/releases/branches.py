"""A branch of an experiment beside its control: who is in which was drawn by lot."""

from __future__ import annotations

import numpy as np

from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.mantel_haenszel import age_sums, beside, log_rate_ratio
from crash_rate_aggregates.verdicts.releases.version_days import VersionDays, hours_submitted

_DF = 20


def branches(
    branch: VersionDays, control: VersionDays, today: int, *, phi: float
) -> Contrast | None:
    """Return a branch beside its control on the same days, None where they share no crashes.

    Days and people are alike, so that only counts are uncertain. That holds where a client's branch
    was drawn by lot and both began on the same day.

    Args:
        branch: The days of the branch that is judged.
        control: Those of the other.
        today: The last submission date that is read, as `date.toordinal` counts.
        phi: Variance of a count over its mean, of clients over the whole experiment.
    """
    ages, lags = np.arange(branch.ages), branch.stored_lags(today)
    gap = branch.first_day - control.first_day
    ours, theirs = branch.within(ages, lags), control.within(ages + gap, lags)
    ratio = log_rate_ratio(age_sums(ours, theirs), phi)
    if np.isnan(ratio.value):
        return None
    compared = beside(ours, theirs)
    return Contrast(
        log_ratio=float(ratio.value),
        variance=float(ratio.variance),
        systematic_sd=0.0,
        df=_DF,
        hours=float(compared.hours.sum()),
        crashes=float(compared.crashes.sum()),
        daily_hours=hours_submitted(branch, today, branch.ages),
        method=Method.BY_LOT,
    )
