"""Quantiles of the normal and Student's t distribution.

From scipy.special: scipy.stats takes half a second to load.
"""

from __future__ import annotations

from scipy.special import ndtri, stdtrit

Z95 = 1.959963984540054
"""The .975 quantile of the normal distribution, which 95% intervals have."""


def normal_upper(probability: float) -> float:
    """Return the normal value with that upper tail, from 0 to 1: 1.96 for .025."""
    return float(-ndtri(probability))


def student_quantile(probability: float, df: float) -> float:
    """Return the quantile of Student's t with that lower tail: 2.086 for .975 and 20.

    Args:
        probability: Above 0, below 1.
        df: Degrees of freedom, above 0, whole or not.
    """
    return float(stdtrit(df, probability))
