"""Writes Glean pings as an application keeps them until they are sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_SENT = ("client_info", "metrics", "ping_info")
SENDERS = {"headers": {"X-Telemetry-Agent": "Glean/66.0.0 (Rust on Linux)"}, "ping_name": "crash"}


def as_sent(ping: Mapping[str, Any]) -> dict[str, Any]:
    """Return a ping of ingestion's JSON without what the server knew, but for the address."""
    address = {key: ping["metadata"][key] for key in ("document_namespace", "document_type")}
    sent = {key: ping[key] for key in _SENT if key in ping}
    return sent | {"document_id": ping["document_id"], "metadata": address}


def pending_ping(ping: Mapping[str, Any], senders: Any = SENDERS) -> bytes:
    """Write a ping of ingestion's JSON as a file; older ones have no third line: None."""
    namespace, doc_type = (ping["metadata"][key] for key in ("document_namespace", "document_type"))
    body = {key: ping[key] for key in _SENT if key in ping}
    lines = [
        f"/submit/{namespace}/{doc_type}/1/{ping['document_id']}",
        json.dumps(body, separators=(",", ":")),
        *([] if senders is None else [json.dumps(senders)]),
    ]
    return "\n".join(lines).encode()
