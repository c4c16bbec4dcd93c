"""The client that sent a ping: who it is, and in which experiments it takes part."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from crash_rate_aggregates.dimensions import MAX_LENGTH
from crash_rate_aggregates.normalize.dimension_values import scalar_text
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.values import is_string

MAX_EXPERIMENTS: Final = 100
"""Of one ping, the first by name: Firefox has some dozens at most."""
_KEPT = 10_000
_KEPT_LENGTH = 4_000
Experiments: TypeAlias = tuple[tuple[str, str], ...]
"""Names and branches."""
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
    if type(client_id) is not str:  # As is_string, without a call: this is each ping.
        return None
    text = client_id[:MAX_LENGTH].lower()
    return None if text in _NOBODY else text


class ClientExperiments:
    """Says in which experiments the client of a ping takes part; what many say is kept ready."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Experiments] = {}

    def of(self, fields: PingFields) -> Experiments:
        """Return each experiment of a ping's client with its branch, sorted by name.

        Those of today and the one of 2016; of the same name the former counts. Names and branches
        are texts of at most 200 code points, as dimensions are; empty ones are none.
        """
        said = fields.experiments, fields.active_experiment, fields.active_experiment_branch
        if said[0] is None and not is_string(said[1]):
            return ()
        if not is_string(said[1]) or not is_string(said[2]):
            said = said[0], None, None  # Nor has every value a hash.
        found = self._known.get(said)
        if found is None:
            found = _sorted_experiments(*said)
            # Bounded, and without what a hostile ping made long.
            if len(self._known) < _KEPT and len(str(said)) <= _KEPT_LENGTH:
                self._known[said] = found
        return found


def _sorted_experiments(experiments: Experiments | None, name: Any, branch: Any) -> Experiments:
    branches: dict[str, str] = {}
    for one, its_branch in ((name, branch), *(experiments or ())):
        if one and its_branch:
            branches[_text(one)] = _text(its_branch)
    return tuple(sorted(branches.items())[:MAX_EXPERIMENTS])


class Labels:
    """Says what people call the version of a ping; there are few in a day."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, display_version: Any) -> str | None:
        """Return it, at most 200 code points; None where the ping does not say."""
        if not is_string(display_version) or not display_version:
            return None
        found = self._known.get(display_version)
        if found is None:
            found = _text(display_version)
            if len(self._known) < _KEPT and len(display_version) <= MAX_LENGTH:
                self._known[display_version] = found
        return found


def _text(said: str) -> str:
    return (scalar_text(said[:MAX_LENGTH]) or "")[:MAX_LENGTH]
