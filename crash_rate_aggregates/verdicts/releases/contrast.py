"""What a comparison of two versions found, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Method(StrEnum):
    """How two versions were compared."""

    EQUAL_AGE = "equal age"
    """Each at the same days after its own release: days differ, people are alike."""
    SAME_DAYS = "same days"
    """Both on the same days, less what the versions before them differed by there: days are alike,
    people differ as they did before."""
    USER_DAYS = "user-days"
    """At equal age, by the share of user-days with a crash, within systems."""
    BRANCHES = "branches"
    """Branches of an experiment, into which people were drawn by lot, on the same days."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """A new version beside an old one."""

    log_ratio: float
    """ln(rate of the new / rate of the old)."""
    variance: float
    """Of it, by what more data makes smaller: counts and days."""
    systematic_sd: float
    """Of it, by what no amount of data makes smaller: what the method cannot tell from the
    version."""
    df: float
    """Degrees of freedom with which `systematic_sd` is known."""
    hours: float
    """Of the new version, in the strata used."""
    crashes: float
    """Likewise."""
    daily_hours: float
    """Hours of the new version that came on the last submission date: its adoption now."""
    method: Method
