"""Real pings that no one here made: in a folder of their own, never in this project."""

from __future__ import annotations

import gzip
import os
import unittest
from collections.abc import Iterator
from pathlib import Path

_NAME = "CRASH_RATE_AGGREGATES_REAL_PINGS"
_SUFFIXES = (".json", ".ndjson", ".json.gz")

needs_real_pings = unittest.skipUnless(
    os.environ.get(_NAME), f"{_NAME} does not name the folder of real pings"
)
"""Skips a test, or a class of them, where the folder is not at hand."""


def real_folder() -> Path:
    """Return the folder of real pings; INDEX.csv in it says what each is."""
    return Path(os.environ[_NAME])


def real_documents() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the text of each JSON file, and of each line of those that have many."""
    for path in sorted(real_folder().rglob("*json*")):
        if path.name.endswith(_SUFFIXES):
            stored = path.read_bytes()
            text = gzip.decompress(stored) if path.suffix == ".gz" else stored
            lines = text.splitlines() if path.name.endswith(".ndjson") else [text]
            yield from ((f"{path.name}:{number}", line) for number, line in enumerate(lines, 1))
