"""Telemetry's v4 pings as JSON: bare, with 2016's `meta`, or as GCP ingestion nests them."""

from __future__ import annotations

from crash_rate_aggregates.decode.layouts.ingestion import (
    NORMALIZED,
    SOURCE_TAGS,
    SUBMISSION_DATE,
    meta_name,
    meta_places,
)
from crash_rate_aggregates.decode.layouts.places import Content, Layout, Place, Places
from crash_rate_aggregates.dimensions import APPLICATION_PATH, BUILD_ID_PATH, VERSION_PATH

_INFO = ("payload", "info")
_KEYED = ("payload", "keyedHistograms")
_METADATA = ("payload", "metadata")


def _dimension(path: tuple[str, ...]) -> Places:
    name = meta_name(path)
    return meta_places(name) if name else [Place(path), *NORMALIZED.get(path, ())]


V4 = Layout(
    mark=BUILD_ID_PATH,
    fields={
        "meta_doc_type": meta_places("docType"),
        "type": [Place(("type",))],
        "submission_date": SUBMISSION_DATE,
        "build_id": [Place(BUILD_ID_PATH)],
        "subsession_start_date": [Place((*_INFO, "subsessionStartDate"))],
        "crash_date": [Place(("payload", "crashDate"))],
        "creation_date": [Place(("creationDate",))],
        "document_id": meta_places("documentId"),
        "id": [Place(("id",))],
        "process_type": [Place(("payload", "processType"))],
        "ipc_channel_error": [Place((*_METADATA, "ipc_channel_error"))],
        "application": _dimension(APPLICATION_PATH),
        "version": [Place(VERSION_PATH)],
        "minidump_hash": [Place(("payload", "minidumpSha256Hash"))],
        "has_crash_environment": [Place(("payload", "hasCrashEnvironment"))],
        "crash_version": [Place((*_METADATA, "Version"))],
        "crash_build_id": [Place((*_METADATA, "BuildID"))],
        "crash_channel": [Place((*_METADATA, "ReleaseChannel"))],
        "application_version": [Place(("application", "version"))],
        "application_build_id": [Place(("application", "buildId"))],
        # One place, as each further one is looked at in nearly every ping, which has no tags.
        "source_tags": [Place(SOURCE_TAGS)],
        "subsession_length": [Place((*_INFO, "subsessionLength"), content=Content.INTEGER)],
        "with_dump": [Place((*_KEYED, "SUBPROCESS_CRASHES_WITH_DUMP"), content=Content.WHOLE)],
        "kill_hard": [Place((*_KEYED, "SUBPROCESS_KILL_HARD"), content=Content.WHOLE)],
    },
    dimension=_dimension,
    keyed_histograms=_KEYED,
)
