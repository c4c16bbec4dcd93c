"""What servers add to pings: 2016's `meta`, and what GCP ingestion has in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crash_rate_aggregates.decode.layouts.places import Place, Places, utc_date
from crash_rate_aggregates.dimensions import APPLICATION_PATH, CHANNEL_PATH

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
SOURCE_TAGS = ("metadata", "header", "x_source_tags")
"""Where ingestion puts the header X-Source-Tags, as it came."""
PARSED_SOURCE_TAGS = ("metadata", "header", "parsed_x_source_tags")
"""Where its tables have a list of the tags beside that."""
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


def members_of_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ingestion's attributes say of a message, as members of its ping.

    `meta` has them under the names of 2016, and the columns `normalized_…` stand beside it, as in a
    ping into which ingestion nested them.
    """
    meta = {
        name: value
        for name, keys in _ATTRIBUTES.items()
        if (value := next((attributes[key] for key in keys if key in attributes), None)) is not None
    }
    if "submissionDate" in meta:
        meta["submissionDate"] = utc_date(meta["submissionDate"])
    normalized = {
        key: value for key, value in attributes.items() if key.startswith(_NORMALIZED_PREFIX)
    }
    tags = attributes.get(SOURCE_TAGS[-1])
    # Few pings have any: the member hides whatever the ping itself has of that name.
    nested = {} if tags is None else {"metadata": {"header": {SOURCE_TAGS[-1]: tags}}}
    return {**normalized, **nested, "meta": meta}


def _attribute(path: tuple[str, ...]) -> str:
    """Return the attribute whose value ingestion nests at a path."""
    return f"geo_{path[-1]}" if path[:-1] == ("metadata", "geo") else path[-1]


_NORMALIZED_PREFIX = "normalized_"
_ATTRIBUTES = {
    **{name: tuple(map(_attribute, paths)) for name, paths in _META_NAMES.items()},
    "documentNamespace": ("document_namespace",),
    "submissionDate": ("submission_timestamp",),
}
SUBMISSION_DATE: Places = [
    Place(("meta", "submissionDate")),
    Place(("submission_timestamp",), utc_date),
]
NORMALIZED: Mapping[tuple[str, ...], Places] = {
    CHANNEL_PATH: [Place(("normalized_channel",))],
    APPLICATION_PATH: meta_places("appName")[1:],
    ("environment", "system", "os", "name"): [Place(("normalized_os",), system_name)],
    ("environment", "system", "os", "version"): [Place(("normalized_os_version",))],
}
"""By a dimension's path: where ingestion's columns stand in for what the ping does not say."""


def meta_name(path: tuple[str, ...]) -> str | None:
    """Return the name of a value of `meta`, None for a path that leads elsewhere."""
    return path[1] if path[:1] == ("meta",) and path[2:] == () and path[1:] else None
