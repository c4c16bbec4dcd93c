"""Canonical v4 pings as GCP ingestion nests them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SYSTEMS = {"Windows_NT": "Windows", "Darwin": "Mac", "Linux": "Linux"}


def ingestion_columns(ping: Mapping[str, Any], namespace: str = "telemetry") -> dict[str, Any]:
    """Return what ingestion adds to a ping with 2016's `meta`, as JSON; the rest is left out."""
    meta = ping.get("meta", {})
    day = meta.get("submissionDate")
    found = {
        "submission_timestamp": day and f"{day[:4]}-{day[4:6]}-{day[6:]}T23:59:59.999999Z",
        "document_id": meta.get("documentId"),
        "sample_id": "7",
        "normalized_app_name": ping.get("application", {}).get("name"),
        "normalized_channel": ping.get("application", {}).get("channel"),
        "normalized_country_code": meta.get("geoCountry"),
        "normalized_os": SYSTEMS.get(
            ping.get("environment", {}).get("system", {}).get("os", {}).get("name")
        ),
        "metadata": {
            "document_namespace": namespace,
            "document_type": meta.get("docType"),
            "geo": {"country": meta.get("geoCountry"), "city": None},
            "header": {"dnt": "1"} | ping.get("metadata", {}).get("header", {}),
            "uri": {"app_name": ping.get("application", {}).get("name")},
        },
    }
    return {name: value for name, value in found.items() if value is not None}


def nested(ping: Mapping[str, Any]) -> dict[str, Any]:
    """Return a ping as ingestion's JSON: no `meta`, its values in `metadata` and beside it."""
    bare = {key: value for key, value in ping.items() if key != "meta"}
    return bare | ingestion_columns(ping)
