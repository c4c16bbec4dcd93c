"""Two versions on the same days, less what earlier pairs of versions differed by there.

On one day the world is the same for both versions, but people are not: those who update first crash
differently, and so do those who never do. Earlier pairs of versions were compared in the same way,
the same days after the newer one's release and as late: what they differed by is expected here too,
and how much that varied is what the method cannot tell from a change of the version.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crash_rate_aggregates.verdicts.day_variation import MAD_TO_SD
from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.mantel_haenszel import (
    LogRatio,
    crashes_beside,
    hours_beside,
    log_rate_ratio,
    log_rate_ratios,
    overlap,
)
from crash_rate_aggregates.verdicts.releases.version_days import (
    Floats,
    Integers,
    StratumSums,
    VersionDays,
    hours_submitted,
    sums_within,
)

MOST_AGES = 14
LEAST_PAIRS = 3
_COVERED = 0.9
"""Of the weight of the ages that the new version has, a pair must have so much."""
_PRIOR_SD = 0.04
_PRIOR_DF = 4
_LEAST_SD = 0.02
_LEAST_DAY_SD = 0.02
_UNKNOWN_DAY_SD = 0.03
_FEWEST_DIFFERENCES = 6
_OUTLYING = 3.0
_SECOND = np.array([1.0, -2.0, 1.0])


@dataclass(frozen=True, slots=True)
class Pair:
    """A version and the one that it replaced."""

    new: VersionDays
    old: VersionDays


@dataclass(frozen=True, slots=True)
class Excess:
    """What earlier pairs differed by, weighted like the pair that is judged."""

    mean: float
    """Of their log ratios."""
    sd: float
    """Of what a further pair differs from it by."""
    df: float
    """With which `sd` is known."""


def same_days(pair: Pair, earlier: Sequence[Pair], today: int, *, phi: float) -> Contrast | None:
    """Return the pair's contrast on the same days, None with too little in common.

    Args:
        pair: The version that is judged and its predecessor.
        earlier: Pairs that came before, each a version and the one it replaced, of the same sort:
            their gaps are alike. At least 3 of them must have what the pair has by now.
        today: The last submission date that is read, as `date.toordinal` counts.
        phi: Variance of a count over its mean.
    """
    ages, lags = _known(pair, today)
    ours, theirs = _beside(pair, ages, lags)
    ratio = log_rate_ratio(ours, theirs, phi)
    if ratio is None:
        return None
    weights = overlap(ours, theirs)
    others = [_like(one, ages, lags, weights, phi) for one in earlier]
    known = [one for one in others if one is not None]
    if len(known) < LEAST_PAIRS:
        return None
    excess = expected_excess(known)
    days = day_variance([_beside(one, *_known(one, today)) for one in earlier], phi)
    shares = weights / weights.sum()
    return Contrast(
        log_ratio=ratio.value - excess.mean,
        variance=ratio.variance + days * float(shares @ shares),
        systematic_sd=excess.sd,
        df=excess.df,
        hours=float(hours_beside(ours, theirs).sum()),
        crashes=float(crashes_beside(ours, theirs).sum()),
        daily_hours=hours_submitted(pair.new, today, MOST_AGES),
        method=Method.SAME_DAYS,
    )


def expected_excess(ratios: Sequence[LogRatio]) -> Excess:
    """Return what a further pair is expected to differ by.

    One that differs much from the others, as a version that was worse does, is drawn in to 3
    typical deviations (0.04 at least) from their median. Of the variance
    between pairs, what their counts explain is taken off; 0.04^2 counts as 4 pairs more.

    Args:
        ratios: Of the earlier pairs; at least one.
    """
    values = np.array([one.value for one in ratios])
    counts = float(np.mean([one.variance for one in ratios]))
    middle = np.median(values)
    usual = math.hypot(_PRIOR_SD, math.sqrt(counts))
    typical = max(MAD_TO_SD * float(np.median(np.abs(values - middle))), usual)
    drawn_in = np.clip(values, middle - _OUTLYING * typical, middle + _OUTLYING * typical)
    number = len(values)
    squares = float(((drawn_in - drawn_in.mean()) ** 2).sum())
    df = _PRIOR_DF + number - 1
    between = max(
        _LEAST_SD**2,
        (_PRIOR_DF * _PRIOR_SD**2 + max(0.0, squares - (number - 1) * counts)) / df,
    )
    return Excess(float(drawn_in.mean()), math.sqrt(between + (between + counts) / number), df)


def day_variance(pairs: Sequence[tuple[StratumSums, StratumSums]], phi: float) -> float:
    """Return the variance of a pair's log ratio from day to day beyond counts.

    From second differences by age, in which a level and a trend drop out: MAD*^2/6 less the median
    of their count variance (Rice, Ann. Stat. 12, 1984), 0.02^2 at least; 0.03^2 from fewer than 6
    differences.

    Args:
        pairs: Of each, the sums of the newer and the older version by age and stratum.
        phi: Variance of a count over its mean.
    """
    found = [_second_differences(new, old, phi) for new, old in pairs]
    differences = np.concatenate([one[0] for one in found]) if found else np.empty(0)
    variances = np.concatenate([one[1] for one in found]) if found else np.empty(0)
    if len(differences) < _FEWEST_DIFFERENCES:
        return _UNKNOWN_DAY_SD**2
    typical = MAD_TO_SD * float(np.median(np.abs(differences)))
    return max(_LEAST_DAY_SD**2, typical**2 / 6 - float(np.median(variances)))


def _known(pair: Pair, today: int) -> tuple[Integers, Integers]:
    """Return the new version's ages on whose days the old one was there too, and their lags."""
    ages = np.arange(min(MOST_AGES, pair.new.ages))
    lags = pair.new.stored_lags(today)[ages]
    gap = pair.new.first_day - pair.old.first_day
    known = (lags > 0) & (ages + gap >= 0) & (ages + gap < pair.old.ages)
    return ages[known], lags[known]


def _beside(pair: Pair, ages: Integers, lags: Integers) -> tuple[StratumSums, StratumSums]:
    gap = pair.new.first_day - pair.old.first_day
    return sums_within(pair.new, ages, lags), sums_within(pair.old, ages + gap, lags)


def _like(
    pair: Pair, ages: Integers, lags: Integers, weights: Floats, phi: float
) -> LogRatio | None:
    """Return an earlier pair's log ratio, its ages weighted and as late as those of the judged."""
    gap = pair.new.first_day - pair.old.first_day
    held = (ages < pair.new.ages) & (ages + gap >= 0) & (ages + gap < pair.old.ages)
    new, old = _beside(pair, ages[held], lags[held])
    own = overlap(new, old)
    held_weights = weights[held]
    if held_weights[own > 0].sum() < _COVERED * weights.sum():
        return None
    scale = np.divide(held_weights, own, out=np.zeros_like(own), where=own > 0)
    return log_rate_ratio(new, old, phi, scale)


def _second_differences(new: StratumSums, old: StratumSums, phi: float) -> tuple[Floats, Floats]:
    values, variances = log_rate_ratios(new, old, phi)
    if len(values) < len(_SECOND):
        return np.empty(0), np.empty(0)
    differences = np.convolve(values, _SECOND, "valid")
    spread = np.convolve(variances, _SECOND**2 / 6, "valid")
    known = np.isfinite(differences)
    return differences[known], spread[known]
