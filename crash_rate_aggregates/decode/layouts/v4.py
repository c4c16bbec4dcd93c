"""Telemetry's v4 pings as JSON: bare, with 2016's `meta`, or as GCP ingestion nests them."""

from __future__ import annotations

from crash_rate_aggregates.decode.layouts.experiments import (
    experiment_place,
    experiments_place,
)
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
_EXPERIMENTS = ("environment", "experiments")
_ACTIVE = ("environment", "addons", "activeExperiment")
_SCALARS = ("payload", "processes", "parent", "scalars")


def _dimension(path: tuple[str, ...]) -> Places:
    if branch := experiment_place(path, _EXPERIMENTS, Content.BRANCHES):
        return [branch]
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
        "active_ticks": [
            Place((*_SCALARS, "browser.engagement.active_ticks"), content=Content.INTEGER),
            Place(("payload", "simpleMeasurements", "activeTicks"), content=Content.INTEGER),
        ],
        "client_id": [Place(("clientId",))],
        "display_version": [Place(("environment", "build", "displayVersion"))],
        "experiments": [experiments_place(_EXPERIMENTS, Content.BRANCHES)],
        "active_experiment": [Place((*_ACTIVE, "id"))],
        "active_experiment_branch": [Place((*_ACTIVE, "branch"))],
        "oom_allocation_size": [Place((*_METADATA, "OOMAllocationSize"))],
        "background_task": [Place((*_METADATA, "BackgroundTaskName"))],
        "shutdown_timeout": [
            Place((*_METADATA, "AsyncShutdownTimeout")),
            Place((*_METADATA, "QuotaManagerShutdownTimeout")),
        ],
        "startup_crash": [Place((*_METADATA, "StartupCrash"))],
        "utility_actors": [Place((*_METADATA, "UtilityActorsName"))],
    },
    dimension=_dimension,
    keyed_histograms=_KEYED,
)
