"""Ways to expect a version's excess that were tried: beside its own rate of a later week."""

from __future__ import annotations

import numpy as np

from crash_rate_aggregates.verdicts.arrays import LAGS, Floats, Integers
from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.looks import Channel
from crash_rate_aggregates.verdicts.releases.mantel_haenszel import (
    LogRatio,
    age_sums,
    log_rate_ratio_of_ages,
)
from crash_rate_aggregates.verdicts.releases.same_days import LEAST_PAIRS, EarlierPairs, Pair
from crash_rate_aggregates.verdicts.releases.version_days import StratumSums, VersionDays

_DAY_VARIANCE = 0.03**2
_PRIOR_SD = 0.04
_PRIOR_DF = 4


def own_window(
    pair: Pair,
    earlier: EarlierPairs,
    channel: Channel,
    today: int,
    _alpha: float,
    *,
    window: tuple[int, int],
    both_sides: bool,
) -> Contrast | None:
    """Return the pair's contrast on the same days, less the excess over a version's own week.

    Args:
        pair: The version that is judged and its predecessor.
        earlier: Pairs of earlier versions.
        channel: Its variation.
        today: The last submission date that is read, as `date.toordinal` counts.
        window: First and last age of the own week.
        both_sides: Whether the predecessor's own excess is expected too, instead of none.
    """
    gap = pair.new.first_day - pair.old.first_day
    ages = np.arange(min(14, today - pair.new.first_day + 1))
    lags = np.minimum(today - pair.new.first_day - ages + 1, LAGS)
    sums = age_sums(pair.new.within(ages, lags), pair.old.within(ages + gap, lags))
    ratios = log_rate_ratio_of_ages(sums, channel.phi)
    weights = np.where(np.isfinite(ratios.value), sums.overlap, 0.0)
    complete = today - window[1] - LAGS + 1
    versions = [one.old for one in (pair, *earlier.pairs) if one.old.first_day <= complete]
    if len(versions) < LEAST_PAIRS or not weights.any():
        return None
    weights /= weights.sum()
    excess = np.array(
        [
            _excess(one, ages, lags, window) - both_sides * _excess(one, ages + gap, lags, window)
            for one in versions
        ]
    )
    each = excess @ weights
    return _contrast(ratios, weights, each)


def _contrast(ratios: LogRatio, weights: Floats, each: Floats) -> Contrast:
    number = len(each)
    squares = float(((each - each.mean()) ** 2).sum())
    variance = (_PRIOR_DF * _PRIOR_SD**2 + squares) / (_PRIOR_DF + number - 1)
    return Contrast(
        log_ratio=float(weights @ np.nan_to_num(ratios.value) - each.mean()),
        variance=float(weights**2 @ (np.nan_to_num(ratios.variance) + _DAY_VARIANCE)),
        systematic_sd=float(np.sqrt(variance * (1 + 1 / number))),
        df=3 + number,
        hours=1.0,
        crashes=1.0,
        daily_hours=1.0,
        method=Method.SAME_DAYS,
    )


def _excess(
    version: VersionDays, ages: Integers, lags: Integers, window: tuple[int, int]
) -> Floats:
    """Return the log ratio of a version's ages to its own week, 0 where there is none."""
    week = np.arange(window[0], window[1] + 1)
    own = version.within(week, np.full(len(week), LAGS))
    spread = StratumSums(
        *(
            np.broadcast_to(one.sum(axis=0), (len(ages), one.shape[1]))
            for one in (own.hours, own.crashes)
        )
    )
    ratio = log_rate_ratio_of_ages(age_sums(version.within(ages, lags), spread), 1.0)
    return np.asarray(np.nan_to_num(ratio.value))
