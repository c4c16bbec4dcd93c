"""Writes pings as gcp-ingestion's messages, one a line."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from test.dataset import json_text

ATTRIBUTES = {
    "appBuildId": "app_build_id",
    "appName": "app_name",
    "appUpdateChannel": "app_update_channel",
    "appVersion": "app_version",
    "docType": "document_type",
    "documentId": "document_id",
    "documentNamespace": "document_namespace",
    "geoCity": "geo_city",
    "geoCountry": "geo_country",
    "geoSubdivision1": "geo_subdivision1",
    "normalizedChannel": "normalized_channel",
    "normalizedOSVersion": "normalized_os_version",
    "os": "normalized_os",
    "sampleId": "sample_id",
    "submissionDate": "submission_timestamp",
}
"""By 2016's name, as the decoder's specification has them; other `meta` is not written."""


def write_gcp_files(
    pings: Sequence[Mapping[str, Any]], *, pack: Callable[[bytes], bytes] = gzip.compress
) -> bytes:
    """Write decoded messages; `pack` is what is done to the payload before base64."""
    return b"".join(
        envelope(pack(json_text(_without_meta(ping))), _attributes(ping.get("meta")))
        for ping in pings
    )


def write_raw_gcp_files(pings: Sequence[Mapping[str, Any]]) -> bytes:
    """Write messages that no decoder has seen: doc type and id stand in the address alone."""
    return b"".join(
        envelope(gzip.compress(json_text(_without_meta(ping))), _raw_attributes(ping))
        for ping in pings
    )


def envelope(payload: bytes, attributes: Mapping[str, Any] | None) -> bytes:
    """Write one line."""
    message = {"attributeMap": attributes, "payload": b64encode(payload).decode()}
    return json.dumps(message).encode() + b"\n"


def _without_meta(ping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in ping.items() if key != "meta"}


def _attributes(meta: Any) -> dict[str, Any] | None:
    if not isinstance(meta, Mapping):
        return None
    attributes = {ATTRIBUTES[name]: meta[name] for name in meta if name in ATTRIBUTES}
    if "submissionDate" in meta:
        attributes["submission_timestamp"] = _timestamp(meta["submissionDate"])
    return attributes


def _raw_attributes(ping: Mapping[str, Any]) -> dict[str, Any]:
    meta = ping.get("meta") or {}
    uri = f"/submit/telemetry/{meta.get('documentId', '')}/{meta.get('docType', ping.get('type'))}"
    attributes = {"uri": f"{uri}/Firefox/48.0a1/nightly/20160313030418?v=4", "host": "example.com"}
    if "submissionDate" in meta:
        attributes["submission_timestamp"] = _timestamp(meta["submissionDate"])
    return attributes


def _timestamp(day: Any) -> Any:
    """Write YYYYMMDD as noon of that day; what is no such text stays as it is."""
    if isinstance(day, str) and len(day) == 8 and day.isdigit():
        return f"{day[:4]}-{day[4:6]}-{day[6:]}T12:00:00.000000Z"
    return day
