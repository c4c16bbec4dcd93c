"""Writes pings as Firefox keeps them in a profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import cramjam

from test.dataset import json_text

MAGIC = b"mozLz40\0"


def mozlz4(text: bytes) -> bytes:
    """Compress as Firefox does: cramjam, too, puts the size before the block."""
    return MAGIC + bytes(cramjam.lz4.compress_block(text))


def write_profile_archive(folder: Path, pings: Sequence[Mapping[str, Any]], day: date) -> None:
    """Write pings, one a file, with stamps of a day; no client knows their `meta`."""
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) * 1000
    month = folder / f"{day:%Y-%m}"
    month.mkdir(parents=True, exist_ok=True)
    for number, ping in enumerate(pings):
        own = {key: value for key, value in ping.items() if key != "meta"}
        name = f"{noon + number}.{UUID(int=number + 1)}.{ping.get('type', 'main')}.jsonlz4"
        (month / name).write_bytes(mozlz4(json_text(own)))
