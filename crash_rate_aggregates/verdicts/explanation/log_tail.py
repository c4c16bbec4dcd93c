"""Upper tails of the negative binomial distribution, by their logarithms.

The tail of a plain spike lies far below 1e-300, where probabilities themselves end.
"""

from __future__ import annotations

import math

from scipy import special

_PRECISION = 1e-15
_TINY = 1e-300
_MOST_STEPS = 100_000


def log_upper_tail(count: float, mean: float, variance: float) -> float:
    """Return ln P(X >= count) of a negative binomial X.

    Args:
        count: 0 or more.
        mean: Above 0.
        variance: Above the mean.
    """
    if count <= 0:
        return 0.0
    size = mean**2 / (variance - mean)
    # P(X >= k) = I_q(k, size), q = 1 - mean/variance: Abramowitz and Stegun 26.5.24.
    return log_incomplete_beta((variance - mean) / variance, count, size)


def z_of_log_tail(log_tail: float) -> float:
    """Return the normal value with the upper tail exp(log_tail), which is 0 or less."""
    return -float(special.ndtri_exp(log_tail))


def log_incomplete_beta(x: float, a: float, b: float) -> float:
    """Return ln I_x(a, b), the regularised incomplete beta function: DLMF 8.17.22.

    Args:
        x: Above 0 and below 1.
        a: Above 0.
        b: Above 0.
    """
    if x < (a + 1) / (a + b + 2):
        return _log_by_fraction(x, a, b)
    # The fraction converges on one side of the mean only; on this one the tail is not small.
    return math.log1p(-math.exp(min(0.0, _log_by_fraction(1 - x, b, a))))


def _log_by_fraction(x: float, a: float, b: float) -> float:
    front = a * math.log(x) + b * math.log1p(-x) - math.log(a) - float(special.betaln(a, b))
    return front + math.log(_fraction(x, a, b))


def _fraction(x: float, a: float, b: float) -> float:
    """Evaluate the continued fraction by Lentz's method, as modified by Thompson and Barnett."""
    numerator, denominator = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = denominator
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            denominator = 1 / _away_from_zero(1 + term * denominator)
            numerator = _away_from_zero(1 + term / numerator)
            value *= denominator * numerator
        if abs(denominator * numerator - 1) < _PRECISION:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
