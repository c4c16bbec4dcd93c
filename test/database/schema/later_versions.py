"""What this version of the program wants in a database, and what a later one could."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crash_rate_aggregates.database.schema.program_schema import Schema, program_schema

OURS = program_schema()


def later(**changes: Any) -> Schema:
    """Return the schema of a later version, which has these parts otherwise."""
    return replace(OURS, number=OURS.number + 1, **changes)


def redefined(old: str, new: str) -> Schema:
    """Return the schema of a later version that has another text in its functions or views."""
    if (old in OURS.functions) == (old in OURS.views):
        raise ValueError(f"{old!r} is not in just one of the files")
    return later(functions=OURS.functions.replace(old, new), views=OURS.views.replace(old, new))
