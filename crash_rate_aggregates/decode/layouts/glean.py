"""Glean's crash ping, which Firefox sends today instead of the v4 one, and its baseline ping.

As JSON its metrics are named `crash.app_build`, in BigQuery's `crash_v1` `crash_app_build`, and in
the view `telemetry.firefox_crashes` three of them stand at the top too. Build, channel and version
are those of the process that crashed, from the metrics: client_info describes the one that sent the
ping, which may have been updated in between (toolkit/components/crashes/metrics.yaml of
mozilla-firefox/firefox). It is all that Firefox 110 to 127 and ESR 115 sent, and what Mozilla's
view falls back to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crash_rate_aggregates.decode.layouts.durations import whole_seconds
from crash_rate_aggregates.decode.layouts.experiments import (
    experiment_place,
    experiments_place,
)
from crash_rate_aggregates.decode.layouts.ingestion import (
    SOURCE_TAGS,
    SUBMISSION_DATE,
    meta_name,
    meta_places,
    system_name,
)
from crash_rate_aggregates.decode.layouts.places import (
    Content,
    Layout,
    Place,
    Places,
    integer_from_text,
)
from crash_rate_aggregates.dimensions import (
    APPLICATION_PATH,
    BUILD_ID_PATH,
    CHANNEL_PATH,
    VERSION_PATH,
)

_ARCHITECTURES = {"x86_64": "x86-64"}


def _architecture(name: Any) -> Any:
    return _ARCHITECTURES.get(name, name) if isinstance(name, str) else name


def _says_crash(_: Any) -> str:
    return "crash"


def _says_baseline(_: Any) -> str:
    return "baseline"


def _any(value: Any) -> Any:
    """Return that there is something; BigQuery has an empty list where a ping has nothing."""
    return value not in ([], {}) or None


def _metric(kind: str, name: str, convert: Callable[[Any], Any] | None = None) -> Places:
    """Return where a metric of the category `crash` lies in JSON, and in BigQuery."""
    return _named(kind, f"crash.{name}", convert)


def _named(
    kind: str,
    name: str,
    convert: Callable[[Any], Any] | None = None,
    content: Content = Content.SCALAR,
) -> Places:
    """Return where a metric lies by its full name: in JSON, and in BigQuery."""
    paths = (("metrics", kind, name), ("metrics", kind, name.replace(".", "_")))
    return [
        Place(path, convert, content) if convert else Place(path, content=content) for path in paths
    ]


def _of_build(name: str) -> Places:
    """Return where a metric of the build that crashed lies, and what stands in for it."""
    rest = [Place((f"crash_{name}",)), Place(("client_info", name))]
    return [*_metric("string", name), *rest]


_EXPERIMENTS = ("ping_info", "experiments")
_DURATION = "glean.baseline.duration"
_TICKS = "browser.engagement.active_ticks"
_APPLICATION = [
    Place(("meta", "documentNamespace")),
    Place(("metadata", "document_namespace")),
    Place(("normalized_app_id",)),
    Place(("normalized_app_name",)),
]
_DIMENSIONS: Mapping[tuple[str, ...], Places] = {
    VERSION_PATH: _of_build("app_display_version"),
    BUILD_ID_PATH: _of_build("app_build"),
    ("environment", "build", "architecture"): [
        Place(("client_info", "architecture"), _architecture)
    ],
    ("environment", "system", "os", "windowsBuildNumber"): [
        Place(("client_info", "windows_build_number"))
    ],
    ("environment", "settings", "locale"): [Place(("client_info", "locale"))],
    ("environment", "system", "os", "name"): [
        Place(("client_info", "os"), system_name),
        Place(("normalized_os",), system_name),
    ],
    ("environment", "system", "os", "version"): [
        Place(("client_info", "os_version")),
        Place(("normalized_os_version",)),
    ],
    CHANNEL_PATH: _of_build("app_channel"),
    APPLICATION_PATH: _APPLICATION,
}


def _dimension(path: tuple[str, ...]) -> Places:
    if name := meta_name(path):
        return meta_places(name)
    if branch := experiment_place(path, _EXPERIMENTS):
        return [branch]
    return _DIMENSIONS.get(path) or [Place(path)]


GLEAN = Layout(
    mark=("ping_info", "end_time"),
    fields={
        "meta_doc_type": meta_places("docType"),
        # No other Glean ping carries these metrics.
        "type": [
            *_metric("string", "process_type", _says_crash),
            *_metric("string", "app_build", _says_crash),
            Place(("crash_app_build",), _says_crash),
            *_named("timespan", _DURATION, _says_baseline, Content.WHOLE),
        ],
        "submission_date": SUBMISSION_DATE,
        "build_id": _of_build("app_build"),
        # The client's own clock. In BigQuery's tables that is `crash_time`, in its views
        # `raw_crash_time`, beside the moment in UTC as `crash_time`.
        "crash_date": [
            Place(("metrics", "datetime", name))
            for name in ("crash.time", "raw_crash_time", "crash_time")
        ],
        "creation_date": [Place(("ping_info", "end_time"))],
        "document_id": meta_places("documentId"),
        "process_type": _metric("string", "process_type"),
        "ipc_channel_error": _metric("string", "ipc_channel_error"),
        "application": _APPLICATION,
        "version": _of_build("app_display_version"),
        "source_tags": [Place(SOURCE_TAGS)],
        "minidump_hash": _metric("string", "minidump_sha256_hash"),
        "subsession_start_date": [Place(("ping_info", "start_time"))],
        "subsession_length": _named("timespan", _DURATION, whole_seconds, Content.WHOLE),
        "active_ticks": _named("counter", _TICKS, integer_from_text, Content.WHOLE),
        "client_id": [Place(("client_info", "client_id"))],
        "experiments": [experiments_place(_EXPERIMENTS)],
        "oom_allocation_size": _named(
            "quantity", "memory.oom_allocation_size", content=Content.WHOLE
        ),
        "background_task": _metric("string", "background_task_name"),
        "shutdown_timeout": [
            *_named("object", "crash.async_shutdown_timeout", _any, Content.WHOLE),
            *_named("object", "crash.quota_manager_shutdown_timeout", _any, Content.WHOLE),
        ],
        "startup_crash": _metric("boolean", "startup"),
        "utility_actors": _named("string_list", "crash.utility_actors_name", content=Content.WHOLE),
    },
    dimension=_dimension,
)
