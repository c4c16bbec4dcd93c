"""What the address says to which a client sent a ping: all that is known of one never decoded.

`/submit/telemetry/<document id>/<doc type>/<application>/<version>/<channel>/<build id>` for
Telemetry's own pings, `/submit/<namespace>/<doc type>/<version>/<document id>` for others, Glean's
among them (mozilla/data-docs http_edge_spec).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

_TELEMETRY = ("documentId", "docType", "appName", "appVersion", "appUpdateChannel", "appBuildId")
_OTHERS = ("docType", "documentVersion", "documentId")


def meta_of_uri(uri: Any) -> dict[str, str]:
    """Return what an address says, under the names of 2016's `meta`; nothing if it is none."""
    _, _, path = uri.partition("/submit/") if isinstance(uri, str) else ("", "", "")
    namespace, *parts = path.partition("?")[0].split("/")
    names = ("documentNamespace", *(_TELEMETRY if namespace == "telemetry" else _OTHERS))
    # Clients leave parts out at the end, and may add some.
    stated = zip(names, (namespace, *parts), strict=False)
    return {name: unquote(part) for name, part in stated if part}
