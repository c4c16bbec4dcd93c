"""The client that sent a ping: who it is, and in which experiments it takes part."""

from __future__ import annotations

from typing import Any, Final

from crash_rate_aggregates.dimensions import MAX_LENGTH
from crash_rate_aggregates.normalize.dimension_values import scalar_text
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.values import is_string

MAX_EXPERIMENTS: Final = 100
"""Of one ping, the first by name: Firefox has some dozens at most."""
_NOBODY: Final = frozenset(
    {
        "",
        # What Firefox sends of a client that is being forgotten (toolkit/components/telemetry,
        # TelemetryUtils.knownClientID), and Glean likewise: one id of many.
        "c0ffeec0-ffee-c0ff-eec0-ffeec0ffeec0",
        "00000000-0000-0000-0000-000000000000",
    }
)


def client_of(client_id: Any) -> str | None:
    """Return the id by which a client is told from others, None for none.

    In lower case, as the letters of a UUID may be of either; at most 200 code points.
    """
    if not is_string(client_id):
        return None
    text: str = client_id[:MAX_LENGTH].lower()
    return None if text in _NOBODY else text


def client_experiments(fields: PingFields) -> tuple[tuple[str, str], ...]:
    """Return each experiment of a ping's client with its branch, sorted by name.

    Those of today and the one of 2016; of the same name the former counts. Names and branches are
    texts of at most 200 code points, as dimensions are; empty ones are none.
    """
    if fields.experiments is None and fields.active_experiment is None:
        return ()
    said = [(fields.active_experiment, fields.active_experiment_branch)]
    branches: dict[str, str] = {}
    for name, branch in (*said, *(fields.experiments or ())):
        if is_string(name) and is_string(branch) and name and branch:
            branches[_text(name)] = _text(branch)
    return tuple(sorted(branches.items())[:MAX_EXPERIMENTS])


def _text(said: str) -> str:
    return (scalar_text(said[:MAX_LENGTH]) or "")[:MAX_LENGTH]
