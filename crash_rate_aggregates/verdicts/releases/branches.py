"""Two branches of an experiment, into which people were drawn by lot."""

from __future__ import annotations

import numpy as np

from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.mantel_haenszel import (
    age_sums,
    beside,
    log_rate_ratio,
)
from crash_rate_aggregates.verdicts.releases.version_days import StratumSums

_DF = 20
"""Any number does where there is no systematic error; that of equal age."""


def branches_apart(branch: StratumSums, control: StratumSums, *, phi: float) -> Contrast | None:
    """Return a branch beside the control, None where a side has no crashes beside the other.

    Day and release are the strata: on one day of one release both branches have the same world and
    the same sort of people, so nothing systematic is left and only counts vary.

    Args:
        branch: By day and release.
        control: Of the same shape.
        phi: Variance of a count over its mean.
    """
    ratio = log_rate_ratio(age_sums(branch, control), phi)
    if np.isnan(ratio.value):
        return None
    compared = beside(branch, control)
    return Contrast(
        log_ratio=float(ratio.value),
        variance=float(ratio.variance),
        systematic_sd=0.0,
        df=_DF,
        hours=float(compared.hours.sum()),
        crashes=float(compared.crashes.sum()),
        daily_hours=float(compared.hours[-1].sum()),
        method=Method.BRANCHES,
    )
