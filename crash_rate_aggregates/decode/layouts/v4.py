"""Telemetry's v4 pings as JSON: bare, with 2016's `meta`, or as GCP ingestion nests them."""

from __future__ import annotations

from crash_rate_aggregates.decode.layouts.ingestion import (
    NORMALIZED,
    SUBMISSION_DATE,
    meta_name,
    meta_places,
)
from crash_rate_aggregates.decode.layouts.places import Content, Layout, Place, Places

_BUILD_ID = ("environment", "build", "buildId")
_INFO = ("payload", "info")
_KEYED = ("payload", "keyedHistograms")


def _dimension(path: tuple[str, ...]) -> Places:
    name = meta_name(path)
    return meta_places(name) if name else [Place(path), *NORMALIZED.get(path, ())]


V4 = Layout(
    mark=_BUILD_ID,
    fields={
        "meta_doc_type": meta_places("docType"),
        "type": [Place(("type",))],
        "submission_date": SUBMISSION_DATE,
        "build_id": [Place(_BUILD_ID)],
        "subsession_start_date": [Place((*_INFO, "subsessionStartDate"))],
        "crash_date": [Place(("payload", "crashDate"))],
        "creation_date": [Place(("creationDate",))],
        "document_id": meta_places("documentId"),
        "id": [Place(("id",))],
        "process_type": [Place(("payload", "processType"))],
        "ipc_channel_error": [Place(("payload", "metadata", "ipc_channel_error"))],
        "subsession_length": [Place((*_INFO, "subsessionLength"), content=Content.INTEGER)],
        "with_dump": [Place((*_KEYED, "SUBPROCESS_CRASHES_WITH_DUMP"), content=Content.WHOLE)],
        "kill_hard": [Place((*_KEYED, "SUBPROCESS_KILL_HARD"), content=Content.WHOLE)],
    },
    dimension=_dimension,
    keyed_histograms=_KEYED,
)
