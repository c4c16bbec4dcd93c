"""What servers add to pings: 2016's `meta`, and what GCP ingestion has in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crash_rate_aggregates.decode.layouts.places import Place, Places, utc_date

_META_NAMES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "appBuildId": (("metadata", "uri", "app_build_id"),),
    "appName": (("metadata", "uri", "app_name"), ("normalized_app_name",)),
    "appUpdateChannel": (("metadata", "uri", "app_update_channel"),),
    "appVersion": (("metadata", "uri", "app_version"),),
    "docType": (("metadata", "document_type"),),
    "documentId": (("document_id",),),
    "geoCity": (("metadata", "geo", "city"),),
    "geoCountry": (("metadata", "geo", "country"), ("normalized_country_code",)),
    "geoSubdivision1": (("metadata", "geo", "subdivision1"),),
    "normalizedChannel": (("normalized_channel",),),
    "normalizedOSVersion": (("normalized_os_version",),),
    "os": (("normalized_os",),),
    "sampleId": (("sample_id",),),
}
_SYSTEMS = {"Windows": "Windows_NT", "Mac": "Darwin"}


def meta_places(name: str) -> Places:
    """Return where a value of 2016's `meta` lies: there, else where GCP ingestion puts it."""
    return [Place(("meta", name)), *map(Place, _META_NAMES.get(name, ()))]


def system_name(name: Any) -> Any:
    """Return a system's name as v4 pings spell it (`Windows_NT`, `Darwin`); others as they are.

    Ingestion's `Windows` and `Mac`, and Glean's `Windows`, would else be systems of their own, with
    crashes and no hours.
    """
    return _SYSTEMS.get(name, name) if isinstance(name, str) else name


SUBMISSION_DATE: Places = [
    Place(("meta", "submissionDate")),
    Place(("submission_timestamp",), utc_date),
]
NORMALIZED: Mapping[tuple[str, ...], Places] = {
    ("application", "channel"): [Place(("normalized_channel",))],
    ("application", "name"): meta_places("appName")[1:],
    ("environment", "system", "os", "name"): [Place(("normalized_os",), system_name)],
    ("environment", "system", "os", "version"): [Place(("normalized_os_version",))],
}
"""By a dimension's path: where ingestion's columns stand in for what the ping does not say."""


def meta_name(path: tuple[str, ...]) -> str | None:
    """Return the name of a value of `meta`, None for a path that leads elsewhere."""
    return path[1] if path[:1] == ("meta",) and path[2:] == () and path[1:] else None
