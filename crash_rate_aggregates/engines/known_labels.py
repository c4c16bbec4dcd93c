"""What people call builds, as far as that was known before the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

import pyarrow as pa

KNOWN_LABELS_SCHEMA: Final = pa.schema(
    [
        pa.field("application", pa.string()),
        pa.field("channel", pa.string()),
        pa.field("build_id", pa.string()),
        pa.field("label", pa.string()),
        pa.field("is_learned", pa.bool_()),
    ]
)


@dataclass(frozen=True, slots=True)
class KnownLabel:
    """What people call the build of an application's channel."""

    application: str
    channel: str | None
    """Folded, as in the tables of the day."""
    build_id: str
    label: str
    """Like `156.0b3`."""
    is_learned: bool
    """Whether pings said so, and not a list of releases alone: then the day's own go before it."""


def known_labels_table(labels: Iterable[KnownLabel]) -> pa.Table:
    """Return labels as the group stage reads them, in `known_labels`."""
    return pa.Table.from_pylist(list(map(asdict, labels)), KNOWN_LABELS_SCHEMA)
