"""The parts of the statements about people that follow from levels, kinds and buckets."""

from __future__ import annotations

from collections.abc import Iterator

from crash_rate_aggregates.rows import (
    CLIENT_LEVELS,
    CLIENTS,
    CRASH_BUCKETS,
    LEVEL_COLUMNS,
    PEOPLE_KINDS,
    ClientLevel,
)

_KEYS = ("application", "channel")
_CLIENT = ("client_high", "client_low")
_BREAK = ", "


def people_slots() -> dict[str, str]:
    """Return the text of each slot of clients.sql and by_experiment.sql."""
    counts = CLIENTS.schema.names[CLIENTS.schema.names.index("active_clients") :]
    return {
        "level": f"CASE {' '.join(map(_when, CLIENT_LEVELS))} END",
        "level_columns": _BREAK.join(LEVEL_COLUMNS),
        "level_sets": _BREAK.join(
            f"({_BREAK.join((*_KEYS, *level.columns, *_CLIENT))})" for level in CLIENT_LEVELS
        ),
        "kinds": _BREAK.join(f"('{kind}')" for kind in PEOPLE_KINDS),
        "any_crashes": f"({PEOPLE_KINDS['any']})",
        "kind_sums": _BREAK.join(
            f"sum({crashes}) AS {kind}_crashes_of_client" for kind, crashes in PEOPLE_KINDS.items()
        ),
        "crashes_of_kind": f"CASE kinds.kind {' '.join(map(_of_kind, PEOPLE_KINDS))} END",
        "buckets": _BREAK.join(_buckets()),
        "no_buckets": _BREAK.join(
            f"0 AS {what}_{bucket}" for what in ("clients", "crashes") for bucket in CRASH_BUCKETS
        ),
        "people_sums": _BREAK.join(f"sum({name})::BIGINT AS {name}" for name in counts),
        "crashed_clients": _BREAK.join(
            f"count(*) FILTER (WHERE client_high IS NOT NULL AND ({crashes}) > 0) "
            f"AS {kind}_crashed_clients"
            for kind, crashes in PEOPLE_KINDS.items()
        ),
    }


def _when(level: ClientLevel) -> str:
    """Return when a row of the grouping sets is of the level: grouped by just its columns."""
    divided = (f"GROUPING({name}) = {int(name not in level.columns)}" for name in LEVEL_COLUMNS)
    return f"WHEN {' AND '.join(divided)} THEN '{level.name}'"


def _of_kind(kind: str) -> str:
    return f"WHEN '{kind}' THEN {kind}_crashes_of_client"


def _buckets() -> Iterator[str]:
    for what, value in (("clients", "1"), ("crashes", "crashes")):
        for bucket, (least, most) in CRASH_BUCKETS.items():
            is_in = f"crashes >= {least}" + ("" if most is None else f" AND crashes <= {most}")
            yield f"CASE WHEN {is_in} THEN {value} ELSE 0 END AS {what}_{bucket}"
