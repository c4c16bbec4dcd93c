"""Small numbers whose results are known, as plain values, and those of a file where one is named.

CRASH_RATE_AGGREGATES_STATISTICS names the folder of `worked.json`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from crash_rate_aggregates.verdicts.arrays import LAGS
from crash_rate_aggregates.verdicts.releases.contrast import Contrast, Method
from crash_rate_aggregates.verdicts.releases.version_days import StratumSums, VersionDays

PLAIN: Mapping[str, Any] = {
    "xn": [[30.0, 12.0, 5.0], [44.0, 20.0, 9.0]],
    "hn": [[9000.0, 5000.0, 2000.0], [15000.0, 8000.0, 3000.0]],
    "xp": [[200.0, 90.0, 40.0], [180.0, 80.0, 45.0]],
    "hp": [[80000.0, 45000.0, 20000.0], [70000.0, 40000.0, 19000.0]],
    "phi": 3.0,
    "log_ratio": 0.20264439151677913,
    "variance": 0.030000188203916516,
    "anytime": 0.46203446132218484,
    "systematic_sd": 0.05,
    "df": 8,
    "alpha": 0.1,
    "half_width": 0.46728318605864544,
    "hours_needed": 229836.38394342325,
}
FIRST_DAY = 738000


def worked_verdicts() -> list[Mapping[str, Any]]:
    """Return the plain values, and those of the file where there is one."""
    folder = os.environ.get("CRASH_RATE_AGGREGATES_STATISTICS")
    if folder is None:
        return [PLAIN]
    text = (Path(folder) / "worked.json").read_text(encoding="utf-8")
    return [PLAIN, json.loads(text)["verdict"]]


def sums_of(worked: Mapping[str, Any], side: str) -> StratumSums:
    """Return the sums of `n`, the new version, or `p`, its predecessor."""
    return StratumSums(np.array(worked[f"h{side}"]), np.array(worked[f"x{side}"]))


def version_of(
    hours: Any, crashes: Any, first_day: int = FIRST_DAY, shares: tuple[float, ...] = (1.0,)
) -> VersionDays:
    """Return days of which shares come 0, 1, ... days late.

    Args:
        hours: By age and stratum.
        crashes: Likewise.
        first_day: As an ordinal.
        shares: Of hours and crashes alike.
    """
    by_lag = np.zeros(LAGS)
    by_lag[: len(shares)] = shares
    spread = (np.asarray(sums, dtype=float)[:, np.newaxis, :] for sums in (hours, crashes))
    return VersionDays(first_day, *(sums * by_lag[:, np.newaxis] for sums in spread))


def contrast_of(
    log_ratio: float,
    variance: float = 0.0001,
    systematic_sd: float = 0.02,
    *,
    hours: float = 42_000.0,
    daily_hours: float = 6_000.0,
) -> Contrast:
    """Return a contrast with 20 degrees of freedom."""
    return Contrast(
        log_ratio, variance, systematic_sd, 20, hours, 120.0, daily_hours, Method.EQUAL_AGE
    )
