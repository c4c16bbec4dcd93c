"""Two versions on the same days, less what earlier pairs of versions differed by there.

On one day the world is the same for both versions, but people are not: those who update first crash
differently, and so do those who never do. Earlier pairs of versions were compared in the same way,
the same days after the newer one's release and as late: what they differed by is expected here too,
and how much that varied is what the method cannot tell from a change of the version.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats, Integers
from crash_rate_aggregates.verdicts.day_variation import MAD_TO_SD
from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.mantel_haenszel import (
    AgeSums,
    LogRatio,
    age_sums,
    beside,
    log_rate_ratio,
    log_rate_ratio_of_ages,
)
from crash_rate_aggregates.verdicts.releases.version_days import (
    MOST_AGES,
    StratumSums,
    VersionDays,
    hours_submitted,
    lags_known,
)

LEAST_PAIRS = 3
_COVERED = 0.9
"""Of the weight of the ages that the new version has, a pair must have so much."""
_PRIOR_SD = 0.04
"""Between pairs, as much as between three versions of 2018, at any number of days."""
_PRIOR_DF = 4
"""Pairs that the prior counts as."""
_LEAST_SD = 0.02
_LEAST_DAY_SD = 0.02
"""Of a version's day beside another version's, at least."""
_UNKNOWN_DAY_SD = 0.03
_FEWEST_DIFFERENCES = 6
_OUTLYING = 3.0
_EXCESS_SD = 0.1
"""What keeps the first days from counting much: more than they differ by, as they differ alike."""
_EXCESS_DAYS = 5.0
"""In which it falls to 37%."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A version and the one that it replaced."""

    new: VersionDays
    old: VersionDays
    days: Floats = field(init=False, repr=False, compare=False)
    """The new one and the old one on the same days; of each, hours and crashes by age of the new
    one (0 to 13), number of submission dates known (0 to 8), and stratum."""

    def __post_init__(self) -> None:
        ages = np.arange(MOST_AGES)
        gap = self.new.first_day - self.old.first_day
        days = np.stack([self.new.so_far(ages), self.old.so_far(ages + gap)])
        object.__setattr__(self, "days", days)

    def lags(self, today: int) -> Integers:
        """Return of how many submission dates each of the ages is known on an evening."""
        return lags_known(self.new.first_day, np.arange(MOST_AGES), today)


@dataclass(frozen=True, slots=True)
class EarlierPairs:
    """Pairs that came before, of the same sort: their gaps are alike."""

    pairs: Sequence[Pair]
    days: Floats = field(init=False, repr=False, compare=False)
    """Those of the pairs, one after the other."""

    def __post_init__(self) -> None:
        days = np.stack([one.days for one in self.pairs]) if self.pairs else np.empty(0)
        object.__setattr__(self, "days", days)

    def lags(self, today: int) -> Integers:
        """Return of how many submission dates each pair's ages are known on an evening."""
        return np.stack([one.lags(today) for one in self.pairs])


@dataclass(frozen=True, slots=True)
class Excess:
    """What earlier pairs differed by, weighted like the pair that is judged."""

    mean: float
    """Of their log ratios."""
    sd: float
    """Of what a further pair differs from it by."""
    df: float
    """With which `sd` is known."""


def same_days(pair: Pair, earlier: EarlierPairs, today: int, *, phi: float) -> Contrast | None:
    """Return the pair's contrast on the same days, None with too little in common.

    Args:
        pair: The version that is judged and its predecessor.
        earlier: At least 3 of them must have what the pair has by now; 10 are better.
        today: The last submission date that is read, as `date.toordinal` counts.
        phi: Variance of a count over its mean.
    """
    lags = pair.lags(today)
    ours, theirs = _sums_of(pair.days[np.newaxis], lags[np.newaxis])
    sums = age_sums(ours, theirs)
    weights = _weights(sums, phi)
    ratio = log_rate_ratio(sums, phi, _scale(weights, sums))
    if np.isnan(ratio.value).any():
        return None
    others = _like(earlier, lags, weights, phi)
    if len(others.value) < LEAST_PAIRS:
        return None
    excess = expected_excess(others)
    shares = weights / weights.sum()
    compared = beside(ours, theirs)
    return Contrast(
        log_ratio=float(ratio.value[0]) - excess.mean,
        variance=float(ratio.variance[0])
        + day_variance(earlier, today, phi) * float(shares @ shares),
        systematic_sd=excess.sd,
        df=excess.df,
        hours=float(compared.hours.sum()),
        crashes=float(compared.crashes.sum()),
        daily_hours=hours_submitted(pair.new, today, MOST_AGES),
        method=Method.SAME_DAYS,
    )


def expected_excess(ratios: LogRatio) -> Excess:
    """Return what a further pair is expected to differ by.

    One that differs much from the others, as a version that was worse does, is drawn in to 3
    typical deviations from their median: 1.4826 times the median absolute deviation, and at least
    sqrt(0.04^2 + count variance). Of the squares between pairs, what their counts explain is taken
    off; 0.04^2 counts as 4 pairs more.

    Args:
        ratios: Of the earlier pairs, as arrays; at least one.
    """
    values, counts = ratios.value, float(np.mean(ratios.variance))
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


def day_variance(earlier: EarlierPairs, today: int, phi: float) -> float:
    """Return the variance of a pair's log ratio from day to day beyond counts.

    From second differences by age, in which a level and a trend drop out: MAD*^2/6 less the median
    of their count variance (Rice, Ann. Stat. 12, 1984), 0.02^2 at least; 0.03^2 from fewer than 6
    differences.

    Args:
        earlier: Each pair by itself.
        today: The last submission date that is read, as `date.toordinal` counts.
        phi: Variance of a count over its mean.
    """
    if not earlier.pairs:
        return _UNKNOWN_DAY_SD**2
    sums = age_sums(*_sums_of(earlier.days, earlier.lags(today)))
    days = log_rate_ratio_of_ages(sums, phi)
    first, second, third = (slice(start, MOST_AGES - 2 + start) for start in range(3))
    differences = days.value[:, first] - 2 * days.value[:, second] + days.value[:, third]
    counts = days.variance[:, first] + 4 * days.variance[:, second] + days.variance[:, third]
    known = np.isfinite(differences)
    if known.sum() < _FEWEST_DIFFERENCES:
        return _UNKNOWN_DAY_SD**2
    typical = MAD_TO_SD * float(np.median(np.abs(differences[known])))
    return max(_LEAST_DAY_SD**2, typical**2 / 6 - float(np.median(counts[known])) / 6)


def _sums_of(days: Floats, lags: Integers) -> tuple[StratumSums, StratumSums]:
    """Return what was known of newer and older versions, by pair, age and stratum."""
    each, ages = np.arange(len(days))[:, np.newaxis], np.arange(MOST_AGES)
    (new_hours, new_crashes), (old_hours, old_crashes) = np.moveaxis(
        days[each, :, :, ages, lags], (2, 3), (0, 1)
    )
    return StratumSums(new_hours, new_crashes), StratumSums(old_hours, old_crashes)


def _like(earlier: EarlierPairs, lags: Integers, weights: Floats, phi: float) -> LogRatio:
    """Return earlier pairs' log ratios, their ages weighted and as late as those of the judged."""
    number = len(earlier.pairs)
    if number < LEAST_PAIRS:
        return LogRatio(np.empty(0), np.empty(0))
    sums = age_sums(*_sums_of(earlier.days, np.broadcast_to(lags, (number, MOST_AGES))))
    ratios = log_rate_ratio(sums, phi, _scale(weights, sums))
    covered = (sums.overlap > 0) @ weights
    usable = np.isfinite(ratios.value) & (covered >= _COVERED * weights.sum())
    return LogRatio(ratios.value[usable], ratios.variance[usable])


def _weights(sums: AgeSums, phi: float) -> Floats:
    """Return what each age of a single pair counts: less, the less it tells, and the younger it is.

    In a version's first days its excess is largest, and differs most from version to version.
    """
    overlap = np.asarray(sums.overlap[0])
    total = float((sums.right + sums.left).sum())
    if total <= 0:
        return overlap
    # Crashes by the rate of all ages: an age's own would favour chance.
    crashes = overlap * (total / 2) / overlap.sum()
    young = _EXCESS_SD * np.exp(-np.arange(MOST_AGES) / _EXCESS_DAYS)
    counts = np.divide(phi, crashes, out=np.full_like(crashes, np.inf), where=crashes > 0)
    return np.asarray(1 / (counts + _LEAST_DAY_SD**2 + young**2))


def _scale(weights: Floats, sums: AgeSums) -> Floats:
    return np.divide(weights, sums.overlap, out=np.zeros_like(sums.overlap), where=sums.overlap > 0)
