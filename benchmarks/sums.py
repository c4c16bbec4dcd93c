"""What every system is asked for: seven sums by activity date and dimensions, in Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from crash_rate_aggregates.dimensions import DIMENSION_NAMES

DAY = date(2016, 3, 14)
"""The submission date of all pings."""
SUMS = (
    "ping_count",
    "usage_seconds",
    "main_crashes",
    "content_crashes",
    "plugin_crashes",
    "gmplugin_crashes",
    "gpu_crashes",
)
"""Those of 2016, and the GPU process."""
GROUP_COLUMNS = ("activity_date", *DIMENSION_NAMES)

Groups: TypeAlias = Mapping[tuple[str | None, ...], tuple[int, ...]]
"""Values of `GROUP_COLUMNS` as text, to `SUMS`."""


def write_groups(path: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows of `GROUP_COLUMNS` and `SUMS`."""
    columns = list(zip(*rows, strict=True)) or [()] * (len(GROUP_COLUMNS) + len(SUMS))
    groups, sums = columns[: len(GROUP_COLUMNS)], columns[len(GROUP_COLUMNS) :]
    arrays = [pa.array(map(_text, values), pa.string()) for values in groups]
    arrays += [pa.array(values, pa.int64()) for values in sums]
    pq.write_table(pa.table(arrays, names=[*GROUP_COLUMNS, *SUMS]), path)


def read_groups(path: Path) -> Groups:
    """Read what a system wrote; rows of the same group are an error of that system."""
    table = pq.read_table(path)
    keys = zip(*(map(_text, table[name].to_pylist()) for name in GROUP_COLUMNS), strict=True)
    values = zip(*(map(int, table[name].to_pylist()) for name in SUMS), strict=True)
    groups = dict(zip(keys, values, strict=True))
    if len(groups) != table.num_rows:
        raise ValueError(f"{path} names a group twice")
    return groups


def wrong_groups(found: Groups, reference: Groups) -> int:
    """Count groups that are missing, invented or have other sums."""
    return sum(found.get(key) != reference.get(key) for key in found.keys() | reference.keys())


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
