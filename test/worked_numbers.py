"""Inputs and answers of the statistics that two implementations agreed on, in their own folder."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from crash_rate_aggregates.verdicts.arrays import Floats

_NAME = "CRASH_RATE_AGGREGATES_STATISTICS"

HAS_WORKED_NUMBERS = bool(os.environ.get(_NAME))
"""Whether the folder is at hand: tests of it are defined only then."""


def worked(part: str) -> Any:
    """Return what worked.json has for a part."""
    text = (_folder() / "worked.json").read_text(encoding="utf-8")
    return json.loads(text)[part]


def delay_matrix(column: str) -> Floats:
    """Return a column of matrix.csv by activity day and days late, shape (70, 8)."""
    table = np.zeros((70, 8))
    with (_folder() / "matrix.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            table[int(row["activity_day"]), int(row["days_late"])] = float(row[column])
    return table


def _folder() -> Path:
    return Path(os.environ[_NAME])
