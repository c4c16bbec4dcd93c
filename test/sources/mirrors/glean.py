"""Canonical v4 crash pings as the Glean crash pings that replaced them, and as rows of crash_v1."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from test.sources.mirrors.bigquery import parquet
from test.sources.mirrors.nested import ingestion_columns

_GLEAN_SYSTEMS = {"Windows_NT": "Windows"}
_GLEAN_ARCHITECTURES = {"x86-64": "x86_64"}
NAMESPACE = "firefox-desktop"


def glean_ping(ping: Mapping[str, Any], minidump_hash: str | None = None) -> dict[str, Any]:
    """Return a crash ping with `meta` as ingestion's JSON of a Glean crash ping."""
    build = ping["environment"].get("build", {})
    system = ping["environment"].get("system", {}).get("os", {})
    payload = ping["payload"]
    architecture, name = build.get("architecture"), system.get("name")
    string = {
        "crash.app_build": build.get("buildId"),
        "crash.app_channel": ping.get("application", {}).get("channel"),
        "crash.app_display_version": build.get("version"),
        "crash.process_type": payload.get("processType", "main"),
        "crash.ipc_channel_error": payload.get("metadata", {}).get("ipc_channel_error"),
        "crash.minidump_sha256_hash": minidump_hash,
    }
    client = {
        # Of the Firefox that sent the ping, which was updated since: never read.
        "app_build": "20990101000000",
        "app_channel": "esr",
        "app_display_version": "999.0",
        "architecture": _GLEAN_ARCHITECTURES.get(architecture, architecture),
        "client_id": "c0ffeec0-ffee-c0ff-eec0-ffeec0ffeec0",
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
        },
        "ping_info": {
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
    metrics = {
        kind: {name.replace(".", "_"): value for name, value in named.items()}
        for kind, named in row["metrics"].items()
    }
    metadata = {"geo": row["metadata"]["geo"]}
    changed = row | {"metrics": metrics, "metadata": metadata, "additional_properties": "{}"}
    changed["ping_info"] = changed["ping_info"] | {"seq": "3"}
    return _present(changed)


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Write objects one a line."""
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows).encode()


_TEXT = pa.string()
GLEAN_SCHEMA = pa.schema(
    {
        "additional_properties": _TEXT,
        "client_info": pa.struct(
            [(name, _TEXT) for name in ("app_build", "architecture", "os", "os_version")]
        ),
        "document_id": _TEXT,
        "metadata": pa.struct([("geo", pa.struct([("country", _TEXT)]))]),
        "metrics": pa.struct(
            [
                ("datetime", pa.struct([("crash_time", _TEXT)])),
                (
                    "string",
                    pa.struct(
                        [
                            (f"crash_{name}", _TEXT)
                            for name in (
                                "app_build",
                                "app_channel",
                                "app_display_version",
                                "ipc_channel_error",
                                "minidump_sha256_hash",
                                "process_type",
                            )
                        ]
                    ),
                ),
            ]
        ),
        "normalized_country_code": _TEXT,
        "normalized_os": _TEXT,
        "ping_info": pa.struct([("end_time", _TEXT), ("seq", pa.int64())]),
        "submission_timestamp": pa.timestamp("us", "UTC"),
    }
)
"""The columns of crash_v1 that count, and some others."""


def glean_parquet(rows: Iterable[Mapping[str, Any]], **options: Any) -> bytes:
    """Write rows of crash_v1 as an export as Parquet."""
    return parquet(list(rows), GLEAN_SCHEMA, **options)
