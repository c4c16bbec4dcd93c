"""Canonical v4 crash pings as the Glean crash pings that replaced them, and as rows of crash_v1.

And baseline pings of Firefox for Android, as JSON and as rows of baseline_v1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from test.engines.made_days import with_values
from test.sources.mirrors.bigquery import EXPERIMENTS, parquet
from test.sources.mirrors.nested import ingestion_columns

_GLEAN_SYSTEMS = {"Windows_NT": "Windows"}
_GLEAN_ARCHITECTURES = {"x86-64": "x86_64"}
NAMESPACE = "firefox-desktop"
ANDROID = "org-mozilla-fenix"
_KNOWN_CLIENT = "c0ffeec0-ffee-c0ff-eec0-ffeec0ffeec0"
_OBJECTS_OF_CRASHES = {
    "AsyncShutdownTimeout": "async_shutdown_timeout",
    "QuotaManagerShutdownTimeout": "quota_manager_shutdown_timeout",
}


def glean_ping(ping: Mapping[str, Any], minidump_hash: str | None = None) -> dict[str, Any]:
    """Return a crash ping with `meta` as ingestion's JSON of a Glean crash ping."""
    build = ping["environment"].get("build", {})
    system = ping["environment"].get("system", {}).get("os", {})
    payload = ping["payload"]
    metadata = payload.get("metadata", {})
    experiments = ping["environment"].get("experiments")
    architecture, name = build.get("architecture"), system.get("name")
    string = {
        "crash.app_build": build.get("buildId"),
        "crash.app_channel": ping.get("application", {}).get("channel"),
        "crash.app_display_version": build.get("version"),
        "crash.process_type": payload.get("processType", "main"),
        "crash.ipc_channel_error": metadata.get("ipc_channel_error"),
        "crash.background_task_name": metadata.get("BackgroundTaskName"),
        "crash.minidump_sha256_hash": minidump_hash,
    }
    client = {
        # Of the Firefox that sent the ping, which was updated since: never read.
        "app_build": "20990101000000",
        "app_channel": "esr",
        "app_display_version": "999.0",
        "architecture": _GLEAN_ARCHITECTURES.get(architecture, architecture),
        "client_id": ping.get("clientId", _KNOWN_CLIENT),
        "os": _GLEAN_SYSTEMS.get(name, name),
        "os_version": system.get("version"),
        "telemetry_sdk_build": "66.0.0",
    }
    crashed = payload.get("crashDate")
    return ingestion_columns(ping, NAMESPACE) | {
        "client_info": _present(client),
        "metrics": {
            "datetime": {"crash.time": f"{crashed}T23:30:00.000-08:00"} if crashed else {},
            "string": _present(string),
            **_annotations(metadata),
        },
        "ping_info": {
            **({} if experiments is None else {"experiments": experiments}),
            "seq": 3,
            "start_time": ping["creationDate"],
            "end_time": ping["creationDate"],
            "reason": "crash",
        },
        "normalized_app_name": None,
    }


def glean_row(ping: Mapping[str, Any], minidump_hash: str | None = None) -> dict[str, Any]:
    """Return it as one line of an export of crash_v1 as JSON."""
    row = glean_ping(ping, minidump_hash)
    metrics = _columns(row["metrics"])
    metadata = {"geo": row["metadata"]["geo"]}
    changed = row | {"metrics": metrics, "metadata": metadata, "additional_properties": "{}"}
    changed["ping_info"] = _of_table(changed["ping_info"])
    return _present(changed)


def baseline_ping(seconds: Any = 3600, **values: Any) -> dict[str, Any]:
    """Make a baseline ping of Firefox for Android as ingestion's JSON; values by their path."""
    ping = {
        "document_id": None,
        "submission_timestamp": "2016-03-14T10:00:01.5Z",
        "metadata": {"document_namespace": ANDROID, "document_type": "baseline", "geo": {}},
        "client_info": {
            "app_build": "2016031303",
            "app_channel": "nightly",
            "app_display_version": "48.0a1",
            "os": "Android",
            "os_version": "14",
        },
        "ping_info": {
            "seq": 3,
            "start_time": "2016-03-14T09:00:00.000Z",
            "end_time": "2016-03-14T10:00:00.000Z",
        },
        "metrics": {
            "timespan": {"glean.baseline.duration": {"time_unit": "second", "value": seconds}},
            "counter": {},
        },
    }
    return with_values(ping, values)


def baseline_row(ping: Mapping[str, Any]) -> dict[str, Any]:
    """Return it as one line of an export of baseline_v1 as JSON: integers are strings."""
    metrics = _columns(ping["metrics"])
    for name, span in metrics["timespan"].items():
        metrics["timespan"][name] = span | {"value": str(span["value"])}
    metadata = {"geo": ping["metadata"]["geo"]}
    row = {**ping, "metrics": metrics, "metadata": metadata, "additional_properties": "{}"}
    return _present(row | {"ping_info": _of_table(ping["ping_info"])})


def _annotations(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a crash's annotations are as metrics."""
    size, startup = metadata.get("OOMAllocationSize"), metadata.get("StartupCrash")
    actors = metadata.get("UtilityActorsName")
    timeouts = {
        f"crash.{name}": {"phase": metadata[annotation]}
        for annotation, name in _OBJECTS_OF_CRASHES.items()
        if metadata.get(annotation) is not None
    }
    return {
        **({} if size is None else {"quantity": {"memory.oom_allocation_size": int(size)}}),
        **({} if startup is None else {"boolean": {"crash.startup": startup == "1"}}),
        **(
            {}
            if actors is None
            else {"string_list": {"crash.utility_actors_name": actors.split(", ")}}
        ),
        **({"object": timeouts} if timeouts else {}),
    }


def _columns(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return metrics by the names of a table's columns; integers and objects are texts."""
    found = {
        kind: {name.replace(".", "_"): value for name, value in named.items()}
        for kind, named in metrics.items()
    }
    for kind, text in (("object", json.dumps), ("quantity", str), ("counter", str)):
        if kind in found:
            found[kind] = {name: text(value) for name, value in found[kind].items()}
    return found


def _of_table(ping_info: Mapping[str, Any]) -> dict[str, Any]:
    experiments = ping_info.get("experiments")
    listed = [{"key": name, "value": one} for name, one in (experiments or {}).items()]
    return {**ping_info, "seq": "3", **({} if experiments is None else {"experiments": listed})}


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Write objects one a line."""
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows).encode()


_TEXT = pa.string()


def _struct(**columns: pa.DataType) -> pa.DataType:
    return pa.struct(list(columns.items()))


def _texts(*names: str) -> pa.DataType:
    return pa.struct([(name, _TEXT) for name in names])


_COMMON = {
    "additional_properties": _TEXT,
    "client_info": _texts(
        *("app_build", "app_channel", "app_display_version", "architecture", "client_id"),
        *("os", "os_version"),
    ),
    "document_id": _TEXT,
    "metadata": _struct(geo=_texts("country")),
    "normalized_country_code": _TEXT,
    "normalized_os": _TEXT,
    "ping_info": _struct(end_time=_TEXT, experiments=EXPERIMENTS, seq=pa.int64(), start_time=_TEXT),
    "submission_timestamp": pa.timestamp("us", "UTC"),
}
GLEAN_SCHEMA = pa.schema(
    _COMMON
    | {
        "metrics": _struct(
            boolean=_struct(crash_startup=pa.bool_()),
            datetime=_texts("crash_time"),
            object=_texts("crash_async_shutdown_timeout", "crash_quota_manager_shutdown_timeout"),
            quantity=_struct(memory_oom_allocation_size=pa.int64()),
            string=_texts(
                *("crash_app_build", "crash_app_channel", "crash_app_display_version"),
                *("crash_background_task_name", "crash_ipc_channel_error"),
                *("crash_minidump_sha256_hash", "crash_process_type"),
            ),
            string_list=_struct(crash_utility_actors_name=pa.list_(_TEXT)),
        )
    }
)
"""The columns of crash_v1 that count, and some others."""
BASELINE_SCHEMA = pa.schema(
    _COMMON
    | {
        "metrics": _struct(
            counter=_struct(browser_engagement_active_ticks=pa.int64()),
            timespan=_struct(glean_baseline_duration=_struct(time_unit=_TEXT, value=pa.int64())),
        )
    }
)
"""Likewise of baseline_v1."""


def glean_parquet(
    rows: Iterable[Mapping[str, Any]], schema: pa.Schema = GLEAN_SCHEMA, **options: Any
) -> bytes:
    """Write rows of crash_v1, or of another table by its schema, as an export as Parquet."""
    return parquet(list(rows), schema, **options)
