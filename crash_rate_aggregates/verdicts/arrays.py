"""The arrays that verdicts are computed from, and how late what they hold can come."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
LAGS: Final = 8
"""Submission dates that tell of an activity date: its own and the seven after it."""
