"""Quantiles of the normal and of Student's distribution, as scipy.special computes them."""

from __future__ import annotations

from scipy.special import ndtri, stdtrit

Z95 = 1.959963984540054
"""Quantile of the normal distribution that 95% intervals have."""


def normal_upper(p: float) -> float:
    """Return the normal value with an upper tail of `p`, which lies between 0 and 1."""
    return -float(ndtri(p))


def student_quantile(p: float, df: float) -> float:
    """Return the value below which Student's t with `df` degrees of freedom lies with chance `p`.

    Args:
        p: Between 0 and 1.
        df: Above 0; need not be whole.
    """
    return float(stdtrit(df, p))
