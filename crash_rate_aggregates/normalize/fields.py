"""The few fields of a ping that the rules read, whichever decoder found them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.normalize.values import value_at

PAYLOAD_INFO = ("payload", "info")
KEYED_HISTOGRAMS = ("payload", "keyedHistograms")
SCALAR_PATHS = {
    "meta_doc_type": ("meta", "docType"),
    "type": ("type",),
    "submission_date": ("meta", "submissionDate"),
    "build_id": ("environment", "build", "buildId"),
    "subsession_start_date": (*PAYLOAD_INFO, "subsessionStartDate"),
    "crash_date": ("payload", "crashDate"),
    "creation_date": ("creationDate",),
    "document_id": ("meta", "documentId"),
    "id": ("id",),
    "process_type": ("payload", "processType"),
    "ipc_channel_error": ("payload", "metadata", "ipc_channel_error"),
}
"""Where the scalars of `PingFields` lie in a v4 ping, in its order."""
SUBSESSION_LENGTH_PATH = (*PAYLOAD_INFO, "subsessionLength")
WITH_DUMP_PATH = (*KEYED_HISTOGRAMS, "SUBPROCESS_CRASHES_WITH_DUMP")
KILL_HARD_PATH = (*KEYED_HISTOGRAMS, "SUBPROCESS_KILL_HARD")


class PingFields(NamedTuple):
    """What the rules read, at the canonical paths; None is absent or null.

    Values are as JSON has them: str, bool, `NumberLiteral`, list or dict.
    """

    meta_doc_type: Any
    type: Any
    submission_date: Any
    build_id: Any
    subsession_start_date: Any
    crash_date: Any
    creation_date: Any
    document_id: Any
    id: Any
    process_type: Any
    ipc_channel_error: Any
    subsession_length: Any
    keyed_histograms: Any
    """False where payload.keyedHistograms is there and no object."""
    with_dump: Any
    kill_hard: Any
    dimensions: tuple[Any, ...]
    """One str, bool or None a dimension."""


def fields_of(raw: Mapping[str, Any], dimensions: Sequence[Dimension]) -> PingFields:
    """Pick the fields from a whole raw ping: the plain path."""
    scalars = [value_at(raw, path) for path in SCALAR_PATHS.values()]
    keyed = value_at(raw, KEYED_HISTOGRAMS)
    values = [value_at(raw, dimension.path) for dimension in dimensions]
    return PingFields._make(
        (
            *scalars,
            value_at(raw, SUBSESSION_LENGTH_PATH),
            None if keyed is None else isinstance(keyed, Mapping),
            value_at(raw, WITH_DUMP_PATH),
            value_at(raw, KILL_HARD_PATH),
            tuple(None if isinstance(value, (Mapping, list)) else value for value in values),
        )
    )
