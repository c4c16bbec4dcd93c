"""How far a count may lie from what was to be expected, when crashes come in bursts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from crash_rate_aggregates.verdicts.arrays import Floats

_TAIL = 0.025


def count_limits(crashes: ArrayLike, phi: ArrayLike) -> tuple[Floats, Floats]:
    """Return the limits of the 95% interval of the expected count.

    phi G(.025; x/phi) and phi G(.975; x/phi + 1), G the quantile of the gamma distribution of that
    shape and scale 1: Garwood (1936) for phi = 1, Fay and Feuer (1997) for others. The lower limit
    of 0 crashes is 0.

    Args:
        crashes: Counts, at least 0, of any shape.
        phi: Variance of a count over its mean, above 0; 1 where crashes are independent.

    Returns:
        The lower and the upper limits, of the shape that both arguments have together.
    """
    return lower_limit(crashes, phi, _TAIL), _gamma_quantile(crashes, phi, 1 - _TAIL, 1.0)


def lower_limit(crashes: ArrayLike, phi: ArrayLike, tail: float) -> Floats:
    """Return the lower limit of the expected count with that probability of its being less.

    Args:
        crashes: Counts, at least 0.
        phi: Variance of a count over its mean, above 0.
        tail: Above 0, below .5.
    """
    return _gamma_quantile(crashes, phi, tail, 0.0)


def _gamma_quantile(crashes: ArrayLike, phi: ArrayLike, probability: float, added: float) -> Floats:
    scale = np.asarray(phi, dtype=float)
    shape = np.asarray(crashes, dtype=float) / scale + added
    # gammaincinv knows no shape 0, whose distribution is a point at 0.
    quantile = gammaincinv(np.where(shape > 0, shape, 1.0), probability)
    return np.asarray(scale * np.where(shape > 0, quantile, 0.0), dtype=np.float64)
