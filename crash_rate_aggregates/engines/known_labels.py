"""What people call builds, as far as that was known before the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

import pyarrow as pa

from crash_rate_aggregates.day_tables import KnownLabel

KNOWN_LABELS_SCHEMA: Final = pa.schema(
    [
        pa.field("application", pa.string()),
        pa.field("channel", pa.string()),
        pa.field("build_id", pa.string()),
        pa.field("label", pa.string()),
        pa.field("is_learned", pa.bool_()),
    ]
)


def known_labels_table(labels: Iterable[KnownLabel]) -> pa.Table:
    """Return labels as the group stage reads them, in `known_labels`."""
    return pa.Table.from_pylist(list(map(asdict, labels)), KNOWN_LABELS_SCHEMA)
