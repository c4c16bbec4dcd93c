"""The Glean crash ping, which Firefox sends today instead of the v4 one.

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

from crash_rate_aggregates.decode.layouts.ingestion import (
    SOURCE_TAGS,
    SUBMISSION_DATE,
    experiment_branch,
    meta_name,
    meta_places,
    system_name,
)
from crash_rate_aggregates.decode.layouts.places import Layout, Place, Places
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


def _metric(kind: str, name: str, convert: Callable[[Any], Any] | None = None) -> Places:
    """Return where a metric of the category `crash` lies in JSON, and in BigQuery."""
    paths = (("metrics", kind, f"crash.{name}"), ("metrics", kind, f"crash_{name}"))
    return [Place(path, convert) if convert else Place(path) for path in paths]


def _of_build(name: str) -> Places:
    """Return where a metric of the build that crashed lies, and what stands in for it."""
    rest = [Place((f"crash_{name}",)), Place(("client_info", name))]
    return [*_metric("string", name), *rest]


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
    if branch := experiment_branch(path, ("ping_info", "experiments")):
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
    },
    dimension=_dimension,
)
