"""Rows of BigQuery's tables of v4 pings, `main_v5` and `crash_v4`: the same pings, respelled.

Names are in snake_case, integers come as strings in JSON, maps as lists of key and value, and
histograms as text (mozilla/gcp-ingestion docs; mozilla/bigquery-etl sql/mozfun/hist).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from crash_rate_aggregates.decode.layouts.bigquery_histograms import histograms_by_key
from crash_rate_aggregates.decode.layouts.experiments import (
    experiment_place,
    experiments_place,
)
from crash_rate_aggregates.decode.layouts.ingestion import (
    NORMALIZED,
    PARSED_SOURCE_TAGS,
    SOURCE_TAGS,
    SUBMISSION_DATE,
    meta_name,
    meta_places,
)
from crash_rate_aggregates.decode.layouts.places import (
    Content,
    Layout,
    Place,
    Places,
    integer_from_text,
)
from crash_rate_aggregates.dimensions import APPLICATION_PATH

_BUILD_ID = ("environment", "build", "build_id")
_INFO = ("payload", "info")
_KEYED = ("payload", "keyed_histograms")
_METADATA = ("payload", "metadata")
_EXPERIMENTS = ("environment", "experiments")
_ACTIVE = ("environment", "addons", "active_experiment")
_SCALARS = ("payload", "processes", "parent", "scalars")


_BEFORE_WORD = re.compile(r"[a-z][0-9]*(?=[A-Z])|[A-Z][0-9]*(?=[A-Z][a-z])")


def snake_case(key: str) -> str:
    """Return a key as BigQuery's tables spell it: `buildId` is `build_id` there.

    Digits belong to the letter before them, a run of capitals is one word, and what is no letter or
    digit parts words (mozilla/jsonschema-transpiler src/casing.rs): `D2DEnabled` is `d2d_enabled`.
    """
    words = re.sub(r"[\W_]+", " ", key)
    return "_".join(_BEFORE_WORD.sub(r"\g<0> ", words).lower().split())


def _dimension(path: tuple[str, ...]) -> Places:
    if name := meta_name(path):
        return meta_places(name)[1:]
    if branch := experiment_place(path, _EXPERIMENTS):
        return [branch]
    return [Place(tuple(map(snake_case, path))), *NORMALIZED.get(path, ())]


def _says(doc_type: str) -> Callable[[Any], str]:
    return lambda _: doc_type


BIGQUERY = Layout(
    mark=_BUILD_ID,
    fields={
        # Columns that only one of the two tables has tell which it is.
        "type": [
            Place((*_INFO, "subsession_length"), _says("main"), Content.WHOLE),
            Place((*_INFO, "subsession_start_date"), _says("main")),
            Place(("payload", "process_type"), _says("crash")),
            Place(("payload", "crash_date"), _says("crash")),
        ],
        # Without 2016's `meta`, which no table has.
        "submission_date": SUBMISSION_DATE[1:],
        "build_id": [Place(_BUILD_ID)],
        "subsession_start_date": [Place((*_INFO, "subsession_start_date"))],
        "crash_date": [Place(("payload", "crash_date"))],
        "creation_date": [Place(("creation_date",))],
        "document_id": [Place(("document_id",))],
        "id": [Place(("id",))],
        "process_type": [Place(("payload", "process_type"))],
        "ipc_channel_error": [Place((*_METADATA, "ipc_channel_error"))],
        "application": _dimension(APPLICATION_PATH),
        "version": [Place(("environment", "build", "version"))],
        "minidump_hash": [Place(("payload", "minidump_sha256_hash"))],
        "has_crash_environment": [Place(("payload", "has_crash_environment"))],
        "crash_version": [Place((*_METADATA, "version"))],
        "crash_build_id": [Place((*_METADATA, "build_id"))],
        "crash_channel": [Place((*_METADATA, "release_channel"))],
        "application_version": [Place(("application", "version"))],
        "application_build_id": [Place(("application", "build_id"))],
        "source_tags": [Place(SOURCE_TAGS), Place(PARSED_SOURCE_TAGS, content=Content.WHOLE)],
        # Whole, as exports have INT64 as strings in JSON and as integers elsewhere.
        "subsession_length": [
            Place((*_INFO, "subsession_length"), integer_from_text, Content.WHOLE)
        ],
        "with_dump": [
            Place((*_KEYED, "subprocess_crashes_with_dump"), histograms_by_key, Content.WHOLE)
        ],
        "kill_hard": [Place((*_KEYED, "subprocess_kill_hard"), histograms_by_key, Content.WHOLE)],
        "active_ticks": [
            Place((*path, name), integer_from_text, Content.WHOLE)
            for path, name in (
                (_SCALARS, "browser_engagement_active_ticks"),
                (("payload", "simple_measurements"), "active_ticks"),
            )
        ],
        "client_id": [Place(("client_id",))],
        "display_version": [Place(("environment", "build", "display_version"))],
        "experiments": [experiments_place(_EXPERIMENTS)],
        "active_experiment": [Place((*_ACTIVE, "id"))],
        "active_experiment_branch": [Place((*_ACTIVE, "branch"))],
        "oom_allocation_size": [Place((*_METADATA, "oom_allocation_size"), content=Content.WHOLE)],
        "background_task": [Place((*_METADATA, "background_task_name"))],
        "shutdown_timeout": [
            Place((*_METADATA, "async_shutdown_timeout")),
            Place((*_METADATA, "quota_manager_shutdown_timeout")),
        ],
        "startup_crash": [Place((*_METADATA, "startup_crash"), content=Content.WHOLE)],
        "utility_actors": [Place((*_METADATA, "utility_actors_name"))],
    },
    dimension=_dimension,
    keyed_histograms=_KEYED,
)
